"""A reproducible pipeline that classifies fractures in radiographs, one folder for each stage."""

"""params.yaml as typed, validated sections: one module for each section."""

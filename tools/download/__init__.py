"""A data set's official archive, fetched, checked and unpacked to where its reader looks."""

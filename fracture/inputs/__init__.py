"""What decides results and is no output of DVC: code, libraries, raw data, tables, weights."""

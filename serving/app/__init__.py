"""The headline system as a web page and a REST service, one process and one that it can kill."""

"""One student's visit, from the code to the accepted photo."""

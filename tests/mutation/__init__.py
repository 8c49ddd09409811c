"""Would the tests notice a change to a line of code? mutmut changes lines, one at a time, and runs
the tests that reach them."""

"""The command line: it finds the verification project, has its checks made, and says what came out. It knows no mail."""

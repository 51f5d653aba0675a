"""One file a command, or a few that belong together; `cli.COMMANDS` lists them."""

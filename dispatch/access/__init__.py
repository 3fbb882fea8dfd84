"""Who may come in: operators, devices, roles, tokens, audit."""

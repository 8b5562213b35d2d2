"""The one program that runs in a sandbox: broker, session template and REPL sessions."""

"""What is done? Prefect tasks, one module per phase; each does its deed once, however often it runs."""

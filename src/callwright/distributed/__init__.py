"""The same run over many processes or machines: shards of row numbers, each with a ledger of its own, read as one."""

# What a job may use where memory and time are rationed, given everywhere as mem_mb=memory(…), runtime=minutes(…). Base
# values are measured on the zoo, what each GB of data set adds at paper scale; each failure doubles both.


def memory(base, per_gb=0):
    """MB of memory: those of the command, and 300 of the Snakemake that starts it on a node."""
    return lambda wildcards, attempt: round(300 + base + per_gb * GIGABYTES) * 2 ** (attempt - 1)


def minutes(base, per_gb=0):
    """Minutes a command may take."""
    return lambda wildcards, attempt: round(base + per_gb * GIGABYTES) * 2 ** (attempt - 1)

# Files of every configured variant, made by one job.


def of_variants(*paths):
    """Paths in every variant."""
    return expand(paths, variant=CONFIG.variants, allow_missing=True)


def reported(path, figure, category, caption):
    """A file of a grouping in every variant, for the report."""
    files = []
    for variant in CONFIG.variants:
        labels = {"figure": figure, "grouping": "{grouping}", "variant": variant}
        file = path.replace("{variant}", variant)
        files += [report(file, caption=caption, category=category, labels=labels)]
    return files


def drawn(kind, figure, category, caption):
    """The files of one kind of figure of a grouping in every variant, the PNG in the report."""
    stem = f"results/{{dataset}}/{{variant}}/figures/{kind}/{{grouping}}"
    return [*of_variants(f"{stem}.pdf"), *reported(f"{stem}.png", figure, category, caption)]

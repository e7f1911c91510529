"""Snakemake's scheduler looks for jobs to start when one has ended, not every second."""


def test_rounds_of_the_scheduler(messages: str) -> None:
    jobs, rounds = messages.count("Finished jobid"), messages.count("Ready jobs: ")
    assert jobs > 5
    assert rounds <= 2 * jobs

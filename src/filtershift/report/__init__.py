"""The page that tells a run's story: tables and finished figures in, one self-contained HTML page out."""

"""How a data set file comes about: downloaded, built from models, or made up."""

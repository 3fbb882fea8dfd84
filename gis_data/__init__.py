"""County data: coordinate systems, catalogues, readers, importers, the county folder and its checks."""

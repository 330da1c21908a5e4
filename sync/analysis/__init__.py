"""What analysts take home: facts as Parquet, and the counts made once more by another engine."""

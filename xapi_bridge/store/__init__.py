"""The memory of the LRS: record, void, query, credentials."""

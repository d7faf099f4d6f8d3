"""Reports (báo cáo): of a period, as of its last day, from the record: any past one again."""

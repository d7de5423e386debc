"""Paper: slips, their pictures and bytes, the printers and the spooler. Knows nothing of queues."""

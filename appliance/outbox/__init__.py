"""Delivery to the platform: leases, retries, resumable uploads, receipts."""

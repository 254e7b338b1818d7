"""The student's ID card, photographed and read on the device (F08). Full numbers are compared and let go, never kept or logged."""

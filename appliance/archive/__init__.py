"""What leaves the station for the school's office: folders of photos with a list, and sheets of prints.

ArchiveFailed(RuntimeError)     the message, in two languages, says what is in the way and what to do
└── NoFont                      no font with Chinese characters that can be embedded
"""

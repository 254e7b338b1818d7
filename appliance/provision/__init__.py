"""How a station comes to be what its site wants: site file, first-boot files, network, firewall, label, portal.

SiteFileWrong(ValueError)   the site file cannot be used; each `Mistake` names key, value, limit and way out
"""

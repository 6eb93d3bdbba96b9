"""What axe-core finds on a page."""

from axe_playwright_python.sync_playwright import Axe

axe = Axe()


def faults(page, within=None):
    """What breaks a rule, with why."""
    found = axe.run(page, context=within).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"][:3]]


def faults_of_explorers(page):
    """The same within the explorers of a notebook in JupyterLab, in the light and the dark theme."""
    found = []
    for theme in ("Dark", "Light"):
        page.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})")
        page.wait_for_timeout(1500)
        found += faults(page, within=".dupviz-explorer")
    return found

"""The audit in a few lines, as the command prints it."""

from fracture.artifacts.audit import Audit, auroc


def report(audit: Audit) -> str:
    """Return what is kept, what occurs twice, and what can be guessed without a network."""
    reasons = ", ".join(f"{count} {reason}" for reason, count in audit.left_out.items())
    twice, looked_up, best = audit.duplicates, audit.hash_lookup["our_split"], audit.best_shortcut
    text = (
        f"{audit.dataset}: {audit.found} found, {audit.kept} kept, "
        f"{audit.found - audit.kept} left out{f' ({reasons})' if reasons else ''}\n"
        f"{audit.by_class['fractured']} of {audit.kept} fractured ({audit.label}), in "
        f"{audit.groups} groups; {twice['clusters']} exposures occur more than once, "
        f"{twice['clusters_with_opposite_labels']} with opposite labels\n"
        f"test AUROC without a network: {auroc(looked_up)} by hash look-up, "
        + (f"{auroc(best)} by {best['column']}" if best["column"] else "no shortcut varies")
    )
    flagged = [column for column, row in audit.shortcuts.items() if row["suspicious"]]
    if flagged:
        text += (
            f"\nsuspicious: {', '.join(flagged)} tells much of the label without a look at a "
            "radiograph; a network that scores no better may do no more"
        )
    return text

"""Medians, spreads and Markdown."""

import statistics


def median(values):
    return statistics.median(values)


def spread(values, form=lambda v: f"{v:,.0f}"):
    """`median (least to most)`."""
    if len(values) == 1:
        return form(values[0])
    return f"{form(median(values))} ({form(min(values))} to {form(max(values))})"


def ratios(mine, others):
    """Round by round, since the rounds of two peers stand next to each other in time."""
    return [a / b for a, b in zip(mine, others) if b > 0]


def short(number):
    """1234567 -> 1.23 M; three digits are more than a shared machine can give."""
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(number) >= unit:
            return f"{number / unit:.3g}{name}"
    return f"{number:.3g}"


def markdown(header, rows):
    rule = ["---"] + ["---:"] * (len(header) - 1)
    lines = ["| " + " | ".join(header) + " |", "|" + "|".join(rule) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


class Goals:
    """What was to be reached, against what was measured; printed together at the end."""

    def __init__(self):
        self.lines = []

    def at_least(self, what, wanted, measured):
        self.note(what, f">= {wanted:g}", measured, measured >= wanted)

    def at_most(self, what, wanted, measured, unit=""):
        self.note(what, f"<= {wanted:g}{unit}", measured, measured <= wanted)

    def note(self, what, wanted, measured, reached):
        self.lines.append([what, wanted, f"{measured:.3g}", "yes" if reached else "**no**"])

    def print(self):
        if self.lines:
            print("\n## Goals\n")
            print(markdown(["ratio or figure", "goal", "measured", "reached"], self.lines))

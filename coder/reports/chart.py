"""A bar chart of a comparison, as SVG that needs nothing from the network."""

import re

import pandas as pd

from coder.tables.table import Table, percent

_NOW, _THEN = "#2a5d84", "#c3ccd4"
_BAR, _WIDTH = 22, 560


def bars(table: Table, now: str, then: str) -> str:
    """Horizontal bars of the percentages of a frequency table or comparison, as an SVG element; "" without rows.

    The bars of the last wave stand under those of this one where their percentages are known.
    """
    import altair as alt  # noqa: PLC0415 (heavy)
    import vl_convert  # noqa: PLC0415

    frame = table.frame
    if "dropped" in frame:
        frame = frame[~frame["dropped"]]
    series = {now: frame["percent"]}
    if "then_percent" in frame and frame["then_percent"].notna().any():
        series[then] = frame["then_percent"]
    rows = pd.concat(
        [
            pd.DataFrame({"label": frame["label"], "wave": wave, "percent": values.astype(float)})
            for wave, values in series.items()
        ]
    ).dropna()
    if rows.empty:
        return ""
    rows["shown"] = rows["percent"].map(percent)
    base = alt.Chart(rows).encode(
        y=alt.Y("label:N", sort=frame["label"].tolist(), title=None, axis=alt.Axis(labelLimit=320)),
        yOffset=alt.YOffset("wave:N", sort=list(series)),
        x=alt.X("percent:Q", title="%", scale=alt.Scale(domain=[0, rows["percent"].max() * 1.12])),
    )
    colours = alt.Scale(domain=list(series), range=[_NOW, _THEN][: len(series)])
    legend = alt.Legend(orient="bottom", title=None) if len(series) > 1 else None
    chart = base.mark_bar().encode(color=alt.Color("wave:N", scale=colours, legend=legend))
    chart += base.mark_text(align="left", dx=3).encode(text="shown:N")
    height = _BAR * len(rows) + _BAR
    whole = (
        chart.properties(width=_WIDTH, height=height)
        .configure_view(stroke=None)
        .configure_axis(grid=False, labelFontSize=13)
    )
    svg = str(vl_convert.vegalite_to_svg(whole.to_json()))
    return re.sub(r"^<\?xml[^>]*>|<!DOCTYPE[^>]*>", "", svg)

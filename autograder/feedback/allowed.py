"""The tags and attributes that may stay in what students made: everything else is dropped."""

from __future__ import annotations

_TEXT = """
a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5
h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead
tr u ul var
"""
_MATHS = """
math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup
msup mtable mtd mtext mtr munder munderover
"""
_SVG = """
svg g path rect circle ellipse line polyline polygon text tspan title desc defs marker figure figcaption
details summary div p span b code table thead tbody tr th td
"""
_OF_SVG = """
aria-hidden aria-label aria-labelledby class cx cy d dominant-baseline dx dy fill fill-opacity font-family
font-size font-style font-weight height marker-end markerHeight markerWidth opacity orient points
preserveAspectRatio r refX refY role rx ry scope stroke stroke-dasharray stroke-linecap stroke-linejoin
stroke-opacity stroke-width text-anchor transform viewBox width x x1 x2 xmlns y y1 y2
"""

TAGS = {*_TEXT.split(), *_MATHS.split()}
"""Of text, tables, pictures and formulas."""

ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "col": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"value"},
    "math": {"display"},
    "menclose": {"notation"},
    "mfrac": {"linethickness"},
    "mi": {"mathvariant"},
    "mo": {"accent", "fence", "form", "largeop", "lspace", "movablelimits", "rspace", "stretchy"},
    "mover": {"accent"},
    "mspace": {"width"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"columnalign", "columnlines", "rowlines", "columnspacing", "rowspacing"},
    "munder": {"accentunder"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}

WITH_CONTENT = {"script", "style", "template", "iframe", "object", "noscript", "title", "textarea"}
"""Tags that go with all that is in them; of other tags the text stays."""

SVG_TAGS = set(_SVG.split())
SVG_ATTRIBUTES = {tag: set(_OF_SVG.split()) for tag in SVG_TAGS}

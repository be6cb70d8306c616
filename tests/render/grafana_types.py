"""Grafana's published types of dashboards and of the panels that are drawn: a JSON value in, its faults out.

The tables are those of Grafana's own schema (grafana-foundation-sdk 0.0.21, made from it); a test
compares them key by key. They stand here as text since the SDK's classes check nothing when they read.

``key:shape``, with ``!`` where Grafana cannot do without. A shape is a scalar (``text``, ``number``,
``whole``, ``flag``, ``any``), a choice ``<a,b>``, a list ``[shape]``, an object of like values ``{shape}``,
the name of another type, or several of these with ``|`` between.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from genesis_monitoring.checks.positions import Path

_TABLES = """
Dashboard: id:whole uid:text title:text description:text revision:whole gnetId:text tags:[text] timezone:text
  editable:flag graphTooltip:<0,1,2> time:Time timepicker:TimePicker fiscalYearStartMonth:whole liveNow:flag
  weekStart:text refresh:text schemaVersion:whole! version:whole panels:[any] templating:Templating!
  annotations:Annotations! links:[Link] snapshot:any preload:flag
Time: from:text! to:text!
TimePicker: hidden:flag refresh_intervals:[text] quick_ranges:[TimeOption] nowDelay:text
TimeOption: display:text! from:text! to:text!
Link: title:text! type:<link,dashboards> icon:text tooltip:text url:text tags:[text] asDropdown:flag
  placement:text targetBlank:flag includeVars:flag keepTime:flag
Templating: list:[Variable]
Variable: type:<query,adhoc,groupby,constant,datasource,interval,textbox,custom,system,snapshot,switch>!
  name:text! label:text hide:<0,1,2,3> skipUrlSync:flag description:text query:text|{any} datasource:Source
  current:Option multi:flag allowCustomValue:flag options:[Option] refresh:<0,1,2>
  sort:<0,1,2,3,4,5,6,7,8> includeAll:flag allValue:text regex:text staticOptions:[Option]
  staticOptionsOrder:<before,after,sorted> auto:flag auto_min:text auto_count:whole definition:text
Option: selected:flag text:text|[text]! value:text|[text]!
Source: type:text uid:text
Annotations: list:[Annotation]
Annotation: name:text! datasource:Source enable:flag! hide:flag iconColor:text! filter:AnnotationFilter
  target:Query type:text builtIn:number placement:text expr:text textFormat:text titleFormat:text
  tagKeys:text step:text useValueForTime:flag mappings:{any}
AnnotationFilter: exclude:flag ids:[whole]!
Row: type:<row>! collapsed:flag! title:text datasource:Source gridPos:Grid id:whole! panels:[any]! repeat:text
Grid: h:whole! w:whole! x:whole! y:whole! static:flag
Panel: type:text! id:whole pluginVersion:text targets:[Query] title:text description:text transparent:flag
  datasource:Source gridPos:Grid links:[Link] repeat:text repeatDirection:<h,v> maxPerRow:number
  maxDataPoints:number transformations:[Transformation] interval:text timeFrom:text timeShift:text
  hideTimeOverride:flag timeCompare:text libraryPanel:Library cacheTimeout:text queryCachingTTL:number
  options:any fieldConfig:FieldConfigs
Transformation: id:text! disabled:flag filter:Matcher topic:<series,annotations,alertStates> options:any!
Matcher: id:text! options:any
Library: name:text! uid:text!
FieldConfigs: defaults:FieldConfig! overrides:[Override]!
Override: __systemRef:text matcher:Matcher! properties:[Setting]!
Setting: id:text! value:any
FieldConfig: displayName:text displayNameFromDS:text description:text path:text writeable:flag filterable:flag
  unit:text decimals:number min:number max:number mappings:[{any}] thresholds:Thresholds color:Color
  links:[Link] actions:[{any}] noValue:text custom:any fieldMinMax:flag
Thresholds: mode:<absolute,percentage>! steps:[Threshold]!
Threshold: value:number|null color:text!
Color: mode:<thresholds,palette-classic,palette-classic-by-name,continuous-GrYlRd,continuous-RdYlGr,
  continuous-BlYlRd,continuous-YlRd,continuous-BlPu,continuous-YlBl,continuous-blues,continuous-reds,
  continuous-greens,continuous-purples,fixed,shades>! fixedColor:text seriesBy:<min,max,last>
Query: adhocFilters:[{any}] datasource:Source editorMode:<builder,code> exemplar:flag expr:text!
  format:<time_series,table,heatmap> groupByKeys:[text] hide:flag instant:flag intervalFactor:whole
  intervalMs:number legendFormat:text maxDataPoints:whole queryType:text range:flag refId:text
  resultAssertions:{any} scopes:[{any}] timeRange:Time interval:text
TimeseriesOptions: timezone:[text] legend:Legend! tooltip:Tooltip! orientation:<auto,vertical,horizontal>
Legend: displayMode:<list,table,hidden>! placement:<bottom,right>! showLegend:flag! asTable:flag
  isVisible:flag sortBy:text sortDesc:flag width:number calcs:[text]!
Tooltip: mode:<single,multi,none>! sort:<asc,desc,none>! maxWidth:number maxHeight:number hideZeros:flag
StatOptions: graphMode:<none,line,area>! colorMode:<value,background,background_solid,none>!
  justifyMode:<auto,center>! textMode:<auto,value,value_and_name,name,none>! wideLayout:flag!
  showPercentChange:flag! reduceOptions:Reduce! text:TextSize
  percentChangeColorMode:<standard,inverted,same_as_value>! orientation:<auto,vertical,horizontal>!
GaugeOptions: showThresholdLabels:flag! showThresholdMarkers:flag! sizing:<auto,manual>! minVizWidth:whole!
  reduceOptions:Reduce! text:TextSize minVizHeight:whole! orientation:<auto,vertical,horizontal>!
Reduce: values:flag limit:number calcs:[text]! fields:text
TextSize: titleSize:number valueSize:number percentSize:number
TextOptions: mode:<html,markdown,code>! code:Code content:text!
Code: language:<json,yaml,xml,typescript,sql,go,markdown,html,plaintext>! showLineNumbers:flag!
  showMiniMap:flag!
TimeseriesField: drawStyle:<line,bars,points> gradientMode:<none,opacity,hue,scheme> thresholdsStyle:LineMode
  transform:<constant,negative-Y> lineColor:text lineWidth:number
  lineInterpolation:<linear,smooth,stepBefore,stepAfter> lineStyle:LineStyle fillColor:text
  fillOpacity:number showPoints:<auto,never,always> pointSize:number pointColor:text
  axisPlacement:<auto,top,right,bottom,left,hidden> axisColorMode:<text,series> axisLabel:text
  axisWidth:number axisSoftMin:number axisSoftMax:number axisGridShow:flag scaleDistribution:Scale
  axisCenteredZero:flag barAlignment:<-1,0,1> barWidthFactor:number stacking:Stacking hideFrom:HideFrom
  insertNulls:flag|number spanNulls:flag|number fillBelowTo:text pointSymbol:text axisBorderShow:flag
  barMaxWidth:number
LineMode: mode:<off,line,dashed,area,line+area,dashed+area,series>!
LineStyle: fill:<solid,dash,dot,square> dash:[number]
Scale: type:<linear,log,ordinal,symlog>! log:number linearThreshold:number
Stacking: mode:<none,normal,percent> group:text
HideFrom: tooltip:flag! legend:flag! viz:flag!
"""

OPTIONS: Mapping[str, str] = {
    "stat": "StatOptions",
    "gauge": "GaugeOptions",
    "timeseries": "TimeseriesOptions",
    "text": "TextOptions",
}
"""The type of a panel's ``options``, by the panel's type."""
CUSTOM: Mapping[str, str] = {"timeseries": "TimeseriesField"}
"""The type of ``fieldConfig.defaults.custom``."""

_RECORD = re.compile(r"^(\w+):((?:.*\n)(?: +.*\n)*)", re.MULTILINE)
_KEY = re.compile(r"(\w+):([^\s!]+)(!?)(?:\s|$)")
_KINDS = {"text": "text", "number": "a number", "whole": "a whole number", "flag": "true or false"}


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a type: the shape of its value as the tables write it."""

    shape: str
    required: bool


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """What does not fit, and where. ``known`` is False for a key that the type does not have, or a null."""

    path: Path
    message: str
    known: bool = True


@lru_cache(maxsize=1)
def types() -> Mapping[str, Mapping[str, Field]]:
    """Every type by name."""
    text = re.sub(r",\n +", ",", _TABLES)
    return {
        name: {key: Field(shape, bool(mark)) for key, shape, mark in _KEY.findall(body)}
        for name, body in _RECORD.findall(text)
    }


def type_faults(value: object, name: str, path: Path) -> Iterator[SchemaFault]:
    """What of ``value``, which stands at ``path``, the type ``name`` does not allow."""
    if not isinstance(value, dict):
        yield SchemaFault(path, f"{_shown(value)} stands where an object must")
        return
    fields = types()[name]
    for key, inner in value.items():
        field = fields.get(key)
        if field is None:
            yield SchemaFault((*path, key), f"{key} is no key of Grafana's here", known=False)
        else:
            yield from _shape_faults(inner, field.shape, (*path, key))
    for key, field in fields.items():
        if field.required and key not in value:
            yield SchemaFault((*path, key), f"{key} is missing")


def _shape_faults(value: object, shape: str, path: Path) -> Iterator[SchemaFault]:
    if value is None and "null" not in shape.split("|"):
        yield SchemaFault(path, f"{path[-1]} is null", known=False)
        return
    shapes = shape.split("|") if not shape.startswith("[") else [shape]
    found = [tuple(_one(value, one, path)) for one in shapes]
    if all(found):
        yield from found[0]


def _one(value: object, shape: str, path: Path) -> Iterator[SchemaFault]:
    if shape in types():
        yield from type_faults(value, shape, path)
    elif shape.startswith("[") and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _shape_faults(inner, shape[1:-1], (*path, index))
    elif shape.startswith("{") and isinstance(value, dict):
        for key, inner in value.items():
            yield from _shape_faults(inner, shape[1:-1], (*path, key))
    elif shape.startswith("<"):
        allowed = shape[1:-1].split(",")
        if (
            isinstance(value, bool)
            or str(value) not in allowed
            or isinstance(value, str) == _whole(allowed[0])
        ):
            yield SchemaFault(path, f"{path[-1]} is {_shown(value)}, and may be one of {', '.join(allowed)}")
    elif not _fits(value, shape):
        kind = _KINDS.get(shape, "a list" if shape.startswith("[") else "an object")
        yield SchemaFault(path, f"{_name(path)} is {_shown(value)}, and must be {kind}")


def _fits(value: object, shape: str) -> bool:
    match shape:
        case "any":
            return True
        case "text":
            return isinstance(value, str)
        case "flag":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "whole":
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return whole and not isinstance(value, bool)
        case "null":
            return value is None
    return False


def _whole(text: str) -> bool:
    return text.lstrip("-").isdecimal()


def _name(path: Path) -> str:
    return str(next((step for step in reversed(path) if isinstance(step, str)), "the value"))


def _shown(value: object) -> str:
    import json

    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"

"""What EDXL-RM's schemas let an address, a party and an area hold.

OASIS CIQ 3.0 (xAL, xNL, xPIL) and GML 3.1 in the small profiles that come with EDXL-RM 1.0. CIQ's
attributes are qualified, GML's are not but for ``gml:id``.
"""

import re
from collections.abc import Mapping

from liandong.adapters.codecs.edxl_rm import forms
from liandong.adapters.codecs.edxl_rm.forms import Form, matching
from liandong.adapters.codecs.edxl_rm.fragments import GML_ID, Shape

XAL = "{urn:oasis:names:tc:ciq:xal:3}"
XNL = "{urn:oasis:names:tc:ciq:xnl:3}"
XPIL = "{urn:oasis:names:tc:ciq:xpil:3}"
CT = "{urn:oasis:names:tc:ciq:ct:3}"
GML = "{http://www.opengis.net/gml}"

_LABEL = r"[^\W\d][\w.-]*"
_NUMBER = forms.DOUBLE_PATTERN
_BOOLEAN = matching(r"true|false|0|1", "true or false")
_LABELS = matching(rf"({_LABEL}( {_LABEL})*)?", "names between blanks")
_LABEL_FORM = matching(_LABEL, "a name without colon")
_NUMBERS = matching(rf"(({_NUMBER})(\s+({_NUMBER}))*)?", "numbers between blanks")
_POSITIVE = matching(r"\+?0*[1-9][0-9]*", "a whole number above 0")
_CLOCK = matching(
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?",
    "a time of day",
)
_ANY = Shape(text=forms.TEXT)


def _exactly(*values: str) -> Form:
    return matching("|".join(map(re.escape, values)), "one of " + ", ".join(values))


def _leaf(attributes: Mapping[str, Form], text: Form = forms.TEXT) -> Shape:
    return Shape(text=text, attributes=attributes)


def _named(namespace: str, attributes: Mapping[str, Form]) -> dict[str, Form]:
    return {f"{namespace}{name}": form for name, form in attributes.items()}


def _address() -> Shape:
    """An xAL ``AddressType``."""
    name, lines = f"{XAL}NameElement", f"{XAL}AddressLine"
    pieces = ("Name", "RangeFrom", "Range", "RangeTo", "Prefix", "Suffix", "Number", "Separator")
    identifier = _leaf(
        {f"{XAL}Type": _exactly(*pieces, "Extension"), f"{CT}Abbreviation": _BOOLEAN}
    )
    kinds = ("NameOnly", "PreDirection", "PostDirection", "NameAndNumber", "NameAndType")
    more = ("NameNumberAndType", "Unstructured", "SubThoroughfareConnector", "ReferenceLocation")
    street = _leaf(
        {f"{XAL}Abbreviation": _BOOLEAN, f"{XAL}NameType": _exactly(*kinds, *more, "Type")}
    )

    def level(inner: str | None = None) -> Shape:
        children = {name: _ANY} | ({f"{XAL}{inner}": level()} if inner else {})
        single = frozenset({f"{XAL}{inner}"})
        return Shape(children=children, required=frozenset({name}), single=single)

    children = {
        "FreeTextAddress": Shape(children={lines: _ANY}, required=frozenset({lines})),
        "Country": Shape(children={name: _ANY}, just_one=True),
        "AdministrativeArea": level("SubAdministrativeArea"),
        "Locality": level("SubLocality"),
        "Thoroughfare": Shape(
            children={name: street, f"{XAL}Number": identifier},
            attributes={f"{XAL}Type": forms.TEXT},
            any_order=True,
            some=True,
        ),
        "PostCode": Shape(
            children={f"{XAL}Identifier": identifier}, required=frozenset({f"{XAL}Identifier"})
        ),
    }
    named = {f"{XAL}{tag}": shape for tag, shape in children.items()}
    return Shape(children=named, single=frozenset(named))


def _party_name() -> Shape:
    """An xNL ``PartyNameType``."""
    pieces = ("PrecedingTitle", "Title", "FirstName", "MiddleName", "LastName", "OtherName")
    element = _exactly(*pieces, "Alias", "GenerationIdentifier", "Degree")
    person = Shape(children={f"{XNL}NameElement": _leaf({f"{XNL}ElementType": element})})
    return Shape(
        children={
            f"{XNL}NameLine": _ANY,
            f"{XNL}PersonName": person,
            f"{XNL}OrganisationName": _ORGANISATION,
        },
        attributes=_named(XNL, {"PartyNameID": forms.TEXT, "PartyNameIDType": forms.TEXT}),
    )


_ORGANISATION = Shape(
    children={f"{XNL}NameElement": _ANY, f"{XNL}SubDivisionName": _ANY},
    attributes=_named(XNL, {"OrganisationID": forms.TEXT, "OrganisationIDType": forms.TEXT}),
)


def _list_of(name: str, shape: Shape) -> Shape:
    return Shape(children={f"{XPIL}{name}": shape}, required=frozenset({f"{XPIL}{name}"}))


def _numbers() -> Shape:
    """An xPIL ``ContactNumbers``."""
    pieces = ("CountryCode", "AreaCode", "LocalNumber", "Extension", "Pin", "Separator")
    element = _exactly(*pieces, "NationalNumber", "InternationalNumber")
    media = _exactly("Cellphone", "Fax", "Pager", "Telephone", "VOIP")
    attributes = {"CommunicationMediaType": media, "Usage": forms.TEXT, "ContactHours": forms.TEXT}
    number = Shape(
        children={f"{XPIL}ContactNumberElement": _leaf({f"{XPIL}Type": element})},
        attributes=_named(XPIL, attributes),
    )
    return _list_of("ContactNumber", number)


def _electronic() -> Shape:
    """An xPIL ``ElectronicAddressIdentifiers``."""
    kinds = ("AIM", "EMAIL", "GOOGLE", "GIZMO", "ICQ", "JABBER", "MSN", "SIP", "SKYPE", "URL")
    attributes = {"Type": _exactly(*kinds, "XRI", "YAHOO"), "Usage": forms.TEXT}
    return _list_of("ElectronicAddressIdentifier", _leaf(_named(XPIL, attributes)))


def _identifiers() -> Shape:
    """An xPIL ``Identifiers``."""
    element = _leaf({f"{XPIL}Type": _exactly("Identifier", "IssuingCountryName")})
    kind = _exactly("TaxID", "CompanyID", "NationalID", "RegistrationID")
    issuer = f"{XPIL}IssuerName"
    identifier = Shape(
        children={f"{XPIL}IdentifierElement": element, issuer: _ORGANISATION},
        single=frozenset({issuer}),
        attributes={f"{XPIL}Type": kind},
    )
    return _list_of("Identifier", identifier)


def _organisation_info() -> Shape:
    """An xPIL ``OrganisationInfo``: attributes only."""
    kinds = ("Vendor", "GovernmentAgency", "University", "College", "School", "Club")
    texts = ("Type", "Status", "Nature", "IndustryType", "IndustryCode", "IndustryCodeType")
    attributes = dict.fromkeys((*texts, "NumberOfEmployees"), forms.TEXT) | {
        "CategoryType": _exactly(*kinds, "Association", "Consortium", "Company"),
        "OperatingHourStartTime": _CLOCK,
        "OperatingHourEndTime": _CLOCK,
    }
    quality = {
        "DataQualityType": _exactly("Valid", "Invalid"),
        "ValidFrom": forms.TIME,
        "ValidTo": forms.TIME,
    }
    return Shape(attributes=_named(XPIL, attributes) | _named(CT, quality), foreign=True)


def _party() -> Shape:
    """An xPIL ``PartyType``."""
    children = {
        "PartyName": _party_name(),
        "Addresses": _list_of("Address", ADDRESS),
        "ContactNumbers": _numbers(),
        "ElectronicAddressIdentifiers": _electronic(),
        "Identifiers": _identifiers(),
        "OrganisationInfo": _organisation_info(),
    }
    named = {f"{XPIL}{tag}": shape for tag, shape in children.items()}
    return Shape(children=named, single=frozenset(named))


_REFERENCE = {
    "srsName": forms.URI,
    "srsDimension": _POSITIVE,
    "axisLabels": _LABELS,
    "uomLabels": _LABELS,
}
_GEOMETRY = _REFERENCE | {GML_ID: _LABEL_FORM}
_POSITION = _leaf(_REFERENCE, _NUMBERS)
_POSITIONS = _leaf(_REFERENCE | {"count": _POSITIVE}, _NUMBERS)


def _holding(child: str, shape: Shape, attributes: Mapping[str, Form]) -> Shape:
    return Shape(children={f"{GML}{child}": shape}, attributes=attributes, just_one=True)


def _area() -> Shape:
    """A geo-oasis ``WhereType``: one GML geometry."""
    ring = _holding("LinearRing", _holding("posList", _POSITIONS, _GEOMETRY), {})
    unit = frozenset({"uom"})
    radius = Shape(text=forms.DOUBLE, attributes={"uom": forms.URI}, required=unit)
    circle = {f"{GML}pos": _POSITION, f"{GML}radius": radius}
    corners = {f"{GML}lowerCorner": _POSITION, f"{GML}upperCorner": _POSITION}
    exterior = f"{GML}exterior"
    geometries = {
        "Point": _holding("pos", _POSITION, _GEOMETRY),
        "LineString": _holding("posList", _POSITIONS, _GEOMETRY),
        "CircleByCenterPoint": Shape(
            children=circle,
            required=frozenset({*circle, "numArc"}),
            single=frozenset(circle),
            attributes={
                "interpolation": _exactly("circularArcCenterPointWithRadius"),
                "numArc": _exactly("1"),
            },
        ),
        "Polygon": Shape(
            children={exterior: ring, f"{GML}interior": ring},
            single=frozenset({exterior}),
            attributes=_GEOMETRY,
        ),
        "Envelope": Shape(children=corners, required=frozenset(corners), single=frozenset(corners)),
    }
    tags = {"featuretypetag": _LABEL_FORM, "relationshiptag": _LABEL_FORM}
    return Shape(
        children={f"{GML}{tag}": shape for tag, shape in geometries.items()},
        attributes=tags | dict.fromkeys(("elev", "floor", "radius"), forms.DOUBLE),
        just_one=True,
    )


ADDRESS = _address()
PARTY = _party()
AREA = _area()
ANYTHING = Shape(anything=True)

"""Where each name of a contract is declared: known without importing any of them."""

_NAMES = {
    "agencies": "AgencyOffline AgencyOnline OfflineCause",
    "aid": "AidAnswered AidCommitted AidOffered AidRequested AidRequisitioned",
    "aid_codes": """
        RESPONSE_OF_ANSWER AidAnswer AidResponse ContactRole RecallType ScheduleType
    """,
    "aid_deployment": """
        AidDeploymentAsked AidDeploymentReported AidExtensionAnswered AidExtensionAsked
        AidRecalled AidReleased AidReturnAnswered AidReturnAsked
    """,
    "aid_inquiries": """
        AidInformationAnswered AidInformationAsked AidQuoteAnswered AidQuoteAsked
    """,
    "aid_lines": """
        AidLine AidLineAnswer AidLineReport Assignment AssignmentInstructions LineResponse
        OrderedAssignment OrderedLine
    """,
    "aid_parts": """
        AidPlace Amount Contact Funding IncidentReference ListedValue MessageRecall Radio
        ScheduleEntry
    """,
    "aid_resources": "AidResource Ownership ResourceStatus",
    "aid_thread": """
        AidFollowUp AidMessage AidReply FromBorrower FromEither FromLender
    """,
    "alert_codes": """
        SEVERITY_OF_COLOUR AlertCategory AlertMessageType AlertScope AlertStatus Certainty
        ResponseType Severity Urgency WarningColour
    """,
    "alert_info": "AlertArea AlertInfo AlertReference AlertResource NamedValue",
    "alerts": """
        ALERTS AlertAcknowledged AlertCancelled AlertIssued AlertUpdated AnyAlert
    """,
    "availability": """
        AvailabilityAnswered AvailabilityAsked Holding RegisterKind RegisterResource
    """,
    "clocks": "ClockBreached ClockOutcome ClockStarted ClockStopped Milestone",
    "command": """
        CommandCommanderAssigned CommandCommanderHandedOver Commander CommandPostClosed
        CommandPostEstablished CommandPostMoved CommandTier HandoverReason PostKind
    """,
    "exercises": """
        ExerciseClockSet ExerciseEnded ExerciseEnding ExerciseInjected ExerciseStarted
        ExpectedReaction
        ReactionOutcome ReactionResult
    """,
    "facilities": """
        BedCapacity BedCounts DayActivity FacilityFacts FacilityStatus ServiceCoverage
    """,
    "facilities_v1": "BedCapacityV1 FacilityStatusV1",
    "facility_codes": """
        FHIR_BED_CODES Adequacy BedType CapacityStatus ClinicalStatus EmsTraffic OffloadStatus
        OperatingStatus SecurityStatus WorkingCapacity
    """,
    "gaps": "GapCause GapPart TelemetryGap",
    "geo": "Circle LineString Location Point Polygon",
    "incident_handover": """
        IncidentOwnershipAccepted IncidentOwnershipOffered IncidentOwnershipRefused
    """,
    "incident_links": """
        IncidentLinked IncidentMerged IncidentSplit LinkDirection MergeDirection
    """,
    "incident_parties": """
        AgencyRole IncidentParticipantJoined IncidentParticipantLeft
    """,
    "incident_types": "IncidentType",
    "incidents": """
        IncidentClassified IncidentCleared IncidentReopened IncidentReported IncidentStatus
        IncidentUpdated
    """,
    "levels": """
        CommandLevelActivated CommandLevelChanged CommandLevelEnded CommandPostureChanged
        Decision DecisionBasis DutyPosture
    """,
    "links": "AgreementChanged LinkDown LinkDownCause LinkKind LinkUp SharedTerms",
    "measures": """
        AbsentReason Comparator Concept MeasureCount MeasureGroup MeasureScore
        MeasureStratifier MeasureStratum PartyReference StratumComponent
    """,
    "observations": "ObservationParameter ObservationRecorded UnitOfMeasurement",
    "order_chasing": "OrderEscalated OrderExpired",
    "orders": """
        Addressee Deadline Deadlines OrderCancelled OrderIssued OrderReported OrderState
    """,
    "plans": """
        PlanActivated PlanAgency PlanPart PlanPost PlanReport PlanStepDone PlanStepStarted
        PlanTrigger StepOutcome
    """,
    "referral_codes": """
        ReferralOutcome ReferralUrgency RequestStatus ReturnReason Satisfaction
    """,
    "referrals": """
        ReferralAccepted ReferralClosed ReferralDisputed ReferralOffered ReferralProgressed
        ReferralReturned ServiceAttribute
    """,
    "reports": """
        LinkedDocument ReportDue ReportFiled ReportForm ReportOverdue ReportStage
    """,
    "resource_types": "ResourceType",
    "reviews": "ReviewFindings ReviewPublished",
    "risks": """
        ClueSource Consequence Likelihood RiskAssessed RiskClueReported RiskConclusion
        RiskOpinion RiskWarningProposed
    """,
    "roads": "RoadCause RoadState RoadStatus RoadUser TravelDirection",
    "shelters": """
        ShelterAccess ShelterClass ShelterService ShelterState ShelterStatus
    """,
    "supplies": "SupplyCategory SupplyStatus",
    "system": """
        AdapterHeartbeat AdapterState AlarmCleared AlarmName AlarmRaised MessageRejected
        RejectedFault
    """,
    "units": "PrimaryUnitStatus SecondaryUnitStatus UnitPosition UnitStatus",
}

HOMES: dict[str, str] = {
    name: f"{__package__}.{module}" for module, names in _NAMES.items() for name in names.split()
}
"""The module of each contract, part and code list that this package offers."""


def home_of(type_name: str) -> str | None:
    """Return the module that declares a contract of this package; None where it has none.

    A contract's class is named after its event (`lint.naming`): ``incident.reported.v1`` is
    ``IncidentReported``, or ``IncidentReportedV1`` where a later version has taken that name.
    """
    event, _, version = type_name.rpartition(".v")
    name = "".join(word.capitalize() for word in event.replace("_", ".").split("."))
    return HOMES.get(f"{name}V{version}") or HOMES.get(name)

"""Which message of EDXL-RM says which fact of mutual aid, and in what words a line is answered."""

from collections.abc import Mapping

from liandong.adapters.codecs.edxl_rm import MessageType
from liandong.contracts import (
    AidAnswer,
    AidAnswered,
    AidCommitted,
    AidDeploymentAsked,
    AidDeploymentReported,
    AidExtensionAnswered,
    AidExtensionAsked,
    AidInformationAnswered,
    AidInformationAsked,
    AidMessage,
    AidOffered,
    AidQuoteAnswered,
    AidQuoteAsked,
    AidReleased,
    AidRequested,
    AidRequisitioned,
    AidResponse,
    AidReturnAnswered,
    AidReturnAsked,
)

CONTRACTS: Mapping[MessageType, type[AidMessage]] = {
    MessageType.REQUEST_RESOURCE: AidRequested,
    MessageType.RESPONSE_TO_REQUEST_RESOURCE: AidAnswered,
    MessageType.REQUISITION_RESOURCE: AidRequisitioned,
    MessageType.COMMIT_RESOURCE: AidCommitted,
    MessageType.REQUEST_INFORMATION: AidInformationAsked,
    MessageType.RESPONSE_TO_REQUEST_INFORMATION: AidInformationAnswered,
    MessageType.OFFER_UNSOLICITED_RESOURCE: AidOffered,
    MessageType.RELEASE_RESOURCE: AidReleased,
    MessageType.REQUEST_RETURN: AidReturnAsked,
    MessageType.RESPONSE_TO_REQUEST_RETURN: AidReturnAnswered,
    MessageType.REQUEST_QUOTE: AidQuoteAsked,
    MessageType.RESPONSE_TO_REQUEST_QUOTE: AidQuoteAnswered,
    MessageType.REQUEST_DEPLOYMENT_STATUS: AidDeploymentAsked,
    MessageType.REPORT_DEPLOYMENT_STATUS: AidDeploymentReported,
    MessageType.REQUEST_EXTENSION: AidExtensionAsked,
    MessageType.RESPONSE_TO_REQUEST_EXTENSION: AidExtensionAnswered,
}
"""One a message. ``aid.recalled`` has none: EDXL-RM can ask for a return, not order it."""

ANSWERS: Mapping[AidResponse, AidAnswer] = {
    AidResponse.ACCEPT: AidAnswer.ACCEPT,
    AidResponse.DECLINE: AidAnswer.DECLINE,
    AidResponse.PROVISIONAL: AidAnswer.PROVISIONAL,
}
"""EDXL-RM tells no more than three answers apart."""

#include "api/transport_curl.h"

#include <errno.h>
#include <string.h>

#include "api/proxy.h"
#include "api/say.h"
#include "base/excerpt.h"

#define REASON(transfer, ...) say((transfer)->result.reason, sizeof((transfer)->result.reason), __VA_ARGS__)

/* What OpenSSL finds wrong with certificates, as far as operators meet it; its numbers (X509_V_ERR_...) are
 * fixed. */
static const struct {
    long result;
    const char *wrong;
    const char *advice;
} certificate_faults[] = {
    {9, "is not valid yet", "Check the clock of this machine."},
    {10, "has expired",
     "Check the clock of this machine; if it is right, the server needs a new certificate."},
    {18, "is signed by itself", "Name its root with --ca-file only if you know the server."},
    {19, "comes from an authority that is not trusted here",
     "Name a private authority's root with --ca-file."},
    {20, "comes from an authority that is not trusted here",
     "Name a private authority's root with --ca-file."},
    {21, "comes without the certificate that signed it", "Name a private authority's root with --ca-file."},
    {24, "is signed by one that may not sign", "Something between here and the server may be intercepting."},
    {26, "is not meant for a server", "Check the endpoint."},
    {79, "is signed by one that may not sign", "Something between here and the server may be intercepting."},
};

static void explain_certificate(struct transfer *transfer)
{
    static const char problem[] = "SSL certificate problem: ";
    const char *detail = transfer->detail;
    long result = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    for (size_t i = 0; i < sizeof(certificate_faults) / sizeof(certificate_faults[0]); i++) {
        if (certificate_faults[i].result == result) {
            REASON(transfer, "The certificate of %s %s. %s", excerpt(transfer->request->host, 100).text,
                   certificate_faults[i].wrong, certificate_faults[i].advice);
            return;
        }
    }
    /* That the name is wrong is libcurl's finding and not OpenSSL's. */
    if (strstr(detail, "subject name")) {
        REASON(transfer,
               "The certificate that the server showed is for another host than %s. Check the endpoint.",
               excerpt(transfer->request->host, 100).text);
        return;
    }
    if (strncmp(detail, problem, sizeof(problem) - 1) == 0)
        detail += sizeof(problem) - 1;
    REASON(transfer, "The certificate of %s was not accepted: %s.", excerpt(transfer->request->host, 80).text,
           excerpt(detail, 100).text);
}

static void explain_no_connection(struct transfer *transfer)
{
    const struct request *request = transfer->request;
    char proxy[64], to[128];
    long system_error = 0;

    transport_proxy(request->scheme, request->host, proxy, sizeof(proxy));
    say(to, sizeof(to), "%s%s", proxy[0] ? "the proxy " : "",
        excerpt(proxy[0] ? proxy : request->host, 100).text);
    curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &system_error);
    if (system_error == ECONNREFUSED)
        REASON(transfer,
               "The connection to %s was refused: nothing listens there. Check the host and the port.", to);
    else if (system_error == ENETUNREACH || system_error == EHOSTUNREACH)
        REASON(transfer, "There is no way to %s from this network. Check the connection, VPN and firewall.",
               to);
    else
        REASON(transfer, "No connection to %s: %s. Check the network and the proxy.", to,
               excerpt(transfer->detail, 80).text);
}

static void explain_proxy_refusal(struct transfer *transfer, long status)
{
    if (status == 407)
        REASON(transfer, "The proxy asks for a user name and a password (407). Put them into https_proxy.");
    else
        REASON(transfer,
               "The proxy did not let the connection to %s through (%ld). Check https_proxy and no_proxy.",
               excerpt(transfer->request->host, 100).text, status);
}

static void explain_timeout(struct transfer *transfer)
{
    long in_all = transfer->timeout_ms;
    long connecting = transfer->connect_timeout_ms < in_all ? transfer->connect_timeout_ms : in_all;

    if (!transfer->request_begun)
        REASON(transfer,
               "No connection to %s within %.3g seconds. Check the network, VPN, firewall and proxy.",
               excerpt(transfer->request->host, 100).text, (double)connecting / 1000);
    else if (strstr(transfer->detail, "too slow"))
        REASON(transfer, "The answer came too slowly: under %d bytes a second for %d seconds.",
               SLOWEST_BYTES_A_SECOND, SLOWEST_FOR_SECONDS);
    else
        REASON(transfer, "No whole answer came within %.3g seconds.", (double)in_all / 1000);
}

static void explain_cut(struct transfer *transfer)
{
    switch (transfer->cut) {
    case CUT_NONE:
        break;
    case CUT_HEAD:
        REASON(transfer, "The head of the answer is too large (over %d KiB) and was cut off.",
               TRANSPORT_HEADERS_MAX / 1024);
        break;
    case CUT_BODY:
        REASON(transfer, "The answer is too large (over %d KiB) and was cut off.",
               TRANSPORT_ANSWER_MAX / 1024);
        break;
    case CUT_MEMORY:
        REASON(transfer, "Memory is too short to take the answer.");
        break;
    case CUT_SECOND_SENDING:
        REASON(transfer, "The connection broke before an answer came. The request was not repeated.");
        break;
    }
}

/* libcurl's own limit on one header line looks like a lack of memory from outside. */
static void explain_memory(struct transfer *transfer)
{
    if (transfer->request_begun)
        REASON(transfer, "The head of the answer is too large to be read, or memory is short.");
    else
        REASON(transfer, "Memory is short.");
}

static void explain_roots(struct transfer *transfer, const char *ca_file)
{
    if (ca_file)
        REASON(transfer, "There are no certificates to trust in %s. Name a file in PEM form with --ca-file.",
               excerpt(ca_file, 150).text);
    else
        REASON(transfer,
               "The certificates that this system trusts are missing. Install the package ca-certificates.");
}

/*
 * libcurl says that a host was not found also where it had no memory to look.
 * That much is known: an address in figures is looked for nowhere, and the first
 * message stays, which says that no thread was to be had.
 */
static void explain_no_address(struct transfer *transfer, bool of_proxy)
{
    const struct request *request = transfer->request;
    bool settled = of_proxy ? proxy_needs_no_search(request->scheme, request->host)
                            : host_needs_no_search(request->host);

    if (settled)
        REASON(transfer, "Memory is too short for a connection to %s%s.", of_proxy ? "the proxy for " : "",
               excerpt(request->host, 100).text);
    else if (strstr(transfer->detail, "thread failed"))
        REASON(transfer, "The address of %s%s could not be looked up: memory is short, or so are threads.",
               of_proxy ? "the proxy for " : "", excerpt(request->host, 100).text);
    else if (of_proxy)
        REASON(transfer, "The address of the proxy could not be found. Check https_proxy and all_proxy.");
    else
        REASON(transfer,
               "The address of %s could not be found. Check the host name, and the network and its DNS.",
               excerpt(request->host, 100).text);
}

static void explain_code(struct transfer *transfer, CURLcode code, const char *ca_file)
{
    const char *host = transfer->request->host;

    /* No switch: CURLcode has some hundred values, and more with every release. */
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
        explain_no_address(transfer, code == CURLE_COULDNT_RESOLVE_PROXY);
    else if (code == CURLE_COULDNT_CONNECT)
        explain_no_connection(transfer);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        explain_timeout(transfer);
    else if (code == CURLE_PEER_FAILED_VERIFICATION)
        explain_certificate(transfer);
    else if (code == CURLE_SSL_CACERT_BADFILE)
        explain_roots(transfer, ca_file);
    else if (code == CURLE_OUT_OF_MEMORY)
        explain_memory(transfer);
    else if (code == CURLE_PARTIAL_FILE)
        REASON(transfer, "The connection was closed in the middle of the answer.");
    else if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
        REASON(transfer, "What came back from %s is not HTTP. Check the endpoint and the proxy.",
               excerpt(host, 100).text);
    else if (!transfer->request_begun)
        REASON(transfer,
               "No secure connection to %s (TLS 1.2 or newer) could be made: %s. Check the endpoint.",
               excerpt(host, 80).text,
               excerpt(transfer->detail[0] ? transfer->detail : curl_easy_strerror(code), 100).text);
    else
        REASON(transfer, "The connection was closed before an answer came.");
}

void transfer_explain(struct transfer *transfer, CURLcode code, const char *ca_file)
{
    long proxy_status = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (transfer->cut != CUT_NONE)
        explain_cut(transfer);
    else if (!transfer->request_begun && proxy_status >= 300)
        explain_proxy_refusal(transfer, proxy_status);
    else if (code == CURLE_OK)
        REASON(transfer, "The connection was closed in the middle of the head of the answer.");
    else
        explain_code(transfer, code, ca_file);
}

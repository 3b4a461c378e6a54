#include "certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY = 24 * 3600 };

static void must(bool worked, const char *what)
{
    if (worked)
        return;
    fprintf(stderr, "certificates: %s failed\n", what);
    abort();
}

static void extend(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    must(extension && X509_add_ext(certificate, extension, -1) == 1, value);
    X509_EXTENSION_free(extension);
}

/* A certificate of `name` for `key`, valid from and to so many days from now, not signed yet. */
static X509 *draft(EVP_PKEY *key, const char *name, long serial, long from, long to)
{
    X509 *certificate = X509_new();
    X509_NAME *subject;

    must(certificate != NULL, "X509_new");
    subject = X509_get_subject_name(certificate);
    must(X509_set_version(certificate, 2) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(certificate), from * DAY) &&
             X509_gmtime_adj(X509_getm_notAfter(certificate), to * DAY) &&
             X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
                                        0) == 1 &&
             X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1,
         "certificate");
    return certificate;
}

static void sign_and_write(X509 *certificate, X509 *issuer, EVP_PKEY *issuer_key, const EVP_MD *digest,
                           const char *path)
{
    FILE *file = fopen(path, "w");

    must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
             X509_sign(certificate, issuer_key, digest) > 0,
         "signing");
    must(file && PEM_write_X509(file, certificate) == 1, path);
    must(fclose(file) == 0, path);
}

static void write_key(EVP_PKEY *key, const char *path)
{
    FILE *file = fopen(path, "w");

    must(file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1, path);
    must(fclose(file) == 0, path);
}

static void name_file(char path[96], const char *folder, const char *name)
{
    snprintf(path, 96, "%s/%s.pem", folder, name);
}

void certificates_make(struct certificates *certificates)
{
    static const struct {
        const char *name;
        long from, to;
        const char *hosts;
        const char *usage;
    } kinds[CERTIFICATE_COUNT] = {
        [CERTIFICATE_GOOD] = {"good", -1, 30, "IP:127.0.0.1,DNS:localhost", "serverAuth"},
        [CERTIFICATE_EXPIRED] = {"expired", -30, -1, "IP:127.0.0.1", "serverAuth"},
        [CERTIFICATE_EARLY] = {"early", 20, 30, "IP:127.0.0.1", "serverAuth"},
        [CERTIFICATE_OTHER_HOST] = {"other_host", -1, 30, "DNS:other.example", "serverAuth"},
        [CERTIFICATE_SELF_SIGNED] = {"self_signed", -1, 30, "IP:127.0.0.1", "serverAuth"},
        [CERTIFICATE_WEAK] = {"weak", -1, 30, "IP:127.0.0.1", "serverAuth"},
        [CERTIFICATE_CLIENT_ONLY] = {"client_only", -1, 30, "IP:127.0.0.1", "clientAuth"},
    };
    const char *temporary = getenv("TMPDIR");
    char folder[sizeof(certificates->folder)];
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *ca;

    must(ca_key && key, "keys");
    snprintf(folder, sizeof(folder), "%.40s/drplan-XXXXXX",
             temporary && strlen(temporary) < 40 ? temporary : "/tmp");
    must(mkdtemp(folder) != NULL, "mkdtemp");
    memcpy(certificates->folder, folder, sizeof(folder));
    name_file(certificates->ca_file, folder, "ca");
    name_file(certificates->key_file, folder, "key");
    write_key(key, certificates->key_file);
    ca = draft(ca_key, "drplan test authority", 1, -40, 40);
    extend(ca, NID_basic_constraints, "critical,CA:TRUE");
    extend(ca, NID_key_usage, "critical,keyCertSign");
    sign_and_write(ca, ca, ca_key, EVP_sha256(), certificates->ca_file);
    for (int i = 0; i < CERTIFICATE_COUNT; i++) {
        X509 *leaf = draft(key, kinds[i].name, 2 + i, kinds[i].from, kinds[i].to);
        bool self = i == CERTIFICATE_SELF_SIGNED;

        extend(leaf, NID_subject_alt_name, kinds[i].hosts);
        extend(leaf, NID_ext_key_usage, kinds[i].usage);
        name_file(certificates->files[i], folder, kinds[i].name);
        sign_and_write(leaf, self ? leaf : ca, self ? key : ca_key,
                       i == CERTIFICATE_WEAK ? EVP_sha1() : EVP_sha256(), certificates->files[i]);
        X509_free(leaf);
    }
    X509_free(ca);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
}

void certificates_remove(struct certificates *certificates)
{
    for (int i = 0; i < CERTIFICATE_COUNT; i++)
        unlink(certificates->files[i]);
    unlink(certificates->key_file);
    unlink(certificates->ca_file);
    rmdir(certificates->folder);
}

int certificates_enter(void **state)
{
    struct certificates *certificates = malloc(sizeof(*certificates));

    must(certificates != NULL, "malloc");
    certificates_make(certificates);
    *state = certificates;
    return 0;
}

int certificates_leave(void **state)
{
    certificates_remove(*state);
    free(*state);
    return 0;
}

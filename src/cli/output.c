#include "cli/output.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clean.h"
#include "base/compose.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/write_limit.h"

/* Said where it happens: later nobody knows why. */
static void say_lost(FILE *stream, bool was_broken)
{
    int number = errno;

    if (stream != stdout || was_broken || !ferror(stdout) || !write_limit_begin(stderr))
        return;
    fprintf(stderr, "drplan: standard output did not take everything: %s\n",
            number == EINTR ? "nobody reads it" : strerror(number));
    write_limit_end();
}

/* Whether the stream passes something on to the system. Most lines of a batch only go into its memory. */
static bool will_write(FILE *stream, size_t length, bool flush)
{
    size_t waiting = __fpending(stream) + length;

    return flush ? waiting > 0 : __flbf(stream) || waiting >= __fbufsize(stream);
}

static bool put(FILE *stream, const char *bytes, size_t length, bool flush)
{
    bool was_broken = ferror(stream) != 0, taken = false;
    int number;

    /* One that failed before may write at any time. */
    if (!was_broken && !will_write(stream, length, flush))
        return fwrite(bytes, 1, length, stream) == length;
    if (write_limit_begin(stream)) {
        taken = fwrite(bytes, 1, length, stream) == length;
        taken = (!flush || fflush(stream) == 0) && taken;
        write_limit_end();
    }
    number = errno;
    say_lost(stream, was_broken);
    errno = number;
    return taken;
}

static void write_bytes(FILE *stream, const char *bytes, size_t length)
{
    if (length > 0)
        put(stream, bytes, length, false);
}

bool output_put(FILE *stream, const char *text, size_t length)
{
    return put(stream, text, length, true);
}

static void write_buf(FILE *stream, const struct buf *text)
{
    if (text->failed)
        write_bytes(stderr, "drplan: memory is short: a line is missing\n", 43);
    else
        write_bytes(stream, buf_text(text), text->length);
}

bool output_is_narrow(FILE *stream)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && isatty(fileno(stream));
}

/* Writes what base/clean.h made, as the other end of the stream can take it. */
static void write_clean(FILE *stream, const struct buf *text)
{
    struct buf narrow = BUF_INIT;

    if (!output_is_narrow(stream)) {
        write_buf(stream, text);
        return;
    }
    clean_add_ascii(&narrow, buf_text(text), text->length);
    narrow.failed = narrow.failed || text->failed;
    write_buf(stream, &narrow);
    buf_release(&narrow);
}

static void write_line(FILE *stream, const char *prefix, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void write_line(FILE *stream, const char *prefix, const char *format, va_list arguments)
{
    struct buf raw = BUF_INIT;
    struct buf line = BUF_INIT;

    buf_vaddf(&raw, format, arguments);
    buf_add_text(&line, prefix);
    clean_add(&line, buf_text(&raw), raw.length, CLEAN_ONE_LINE);
    buf_add_char(&line, '\n');
    line.failed = line.failed || raw.failed;
    write_clean(stream, &line);
    buf_release(&line);
    buf_release(&raw);
}

void print_line(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(stdout, "", format, arguments);
    va_end(arguments);
}

void remark(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(stderr, "", format, arguments);
    va_end(arguments);
}

void remark_heard(const char *line)
{
    remark("The command says: %s", line);
}

void remark_lines(const char *text)
{
    for (size_t length; *text; text += length + (text[length] ? 1 : 0)) {
        length = strcspn(text, "\n");
        remark("%.*s", (int)length, text);
    }
}

void complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(stderr, "drplan: ", format, arguments);
    va_end(arguments);
}

bool ask_for(const char *answer, const char *format, ...)
{
    struct buf raw = BUF_INIT;
    struct buf question = BUF_INIT;
    char line[16] = "";
    va_list arguments;
    int c;

    va_start(arguments, format);
    buf_vaddf(&raw, format, arguments);
    va_end(arguments);
    clean_add(&question, buf_text(&raw), raw.length, CLEAN_ONE_LINE);
    write_clean(stderr, &question);
    fflush(stderr);
    buf_release(&question);
    buf_release(&raw);
    if (!fgets(line, sizeof(line), stdin)) {
        write_bytes(stderr, "\n", 1);
        return false;
    }
    /* The rest of a line that is too long is no answer to the next question. */
    for (c = 0; !strchr(line, '\n') && c != '\n' && c != EOF;)
        c = getc(stdin);
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, answer) == 0;
}

enum end end_with(const struct error *err)
{
    complain("%s", err->text);
    return end_of_error(err->kind);
}

bool print_exact(const char *text, size_t length)
{
    struct buf shown = BUF_INIT;
    bool same;

    if (!isatty(STDOUT_FILENO)) {
        write_bytes(stdout, text, length);
        return true;
    }
    clean_add(&shown, text, length, CLEAN_KEEP_LINES);
    same = shown.length == length && !output_is_narrow(stdout);
    write_clean(stdout, &shown);
    buf_release(&shown);
    return same;
}

void output_flush(void)
{
    put(stdout, "", 0, true);
}

bool output_broken(void)
{
    return ferror(stdout) != 0;
}

bool output_finish(void)
{
    output_flush();
    return !output_broken();
}

/* ---- One JSON object on one line ---- */

static void add_escape(struct buf *line, uint32_t code_point)
{
    if (code_point > 0xFFFF) {
        buf_addf(line, "\\u%04x", 0xD800 + ((code_point - 0x10000) >> 10));
        code_point = 0xDC00 + ((code_point - 0x10000) & 0x3FF);
    }
    buf_addf(line, "\\u%04x", code_point);
}

/* Bytes at the start of text that stand for themselves, whatever follows. */
static size_t plain_bytes(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && text[at] >= ' ' && text[at] <= '~' && text[at] != '"' && text[at] != '\\')
        at++;
    /* A mark may follow. */
    return at > 0 && at < length && (unsigned char)text[at] >= 0x80 ? at - 1 : at;
}

/* One character as a user sees it: as it is where that is safe to show, in escapes where not. */
static void add_grapheme(struct buf *line, const char *text, size_t length, bool first)
{
    bool clean = clean_is_clean(text, length);

    for (size_t at = 0, used; at < length; at += used) {
        uint32_t code_point;

        used = utf8_decode(text + at, length - at, &code_point);
        if (code_point == UINT32_MAX) {
            add_escape(line, UTF8_REPLACEMENT);
        } else if (code_point == '"' || code_point == '\\') {
            buf_add_char(line, '\\');
            buf_add_char(line, text[at]);
        } else if (code_point == '\n') {
            buf_add_text(line, "\\n");
        } else if ((clean || (at == 0 && clean_is_clean(text, used))) &&
                   !(first && at == 0 && utf8_code_point_width(code_point) == 0)) {
            buf_add(line, text + at, used);
        } else {
            add_escape(line, code_point);
        }
    }
}

static void add_string(struct buf *line, const char *text, size_t length)
{
    buf_add_char(line, '"');
    for (size_t at = 0, used; at < length; at += used) {
        used = plain_bytes(text + at, length - at);
        if (used > 0) {
            buf_add(line, text + at, used);
            continue;
        }
        used = utf8_grapheme(text + at, length - at, NULL);
        add_grapheme(line, text + at, used, at == 0);
    }
    buf_add_char(line, '"');
}

/* All that is not ASCII stands in strings. */
static void add_json_ascii(struct buf *out, const struct buf *line)
{
    const char *text = buf_text(line);

    for (size_t at = 0, used; at < line->length; at += used) {
        uint32_t code_point;

        used = utf8_decode(text + at, line->length - at, &code_point);
        if (code_point < 0x80)
            buf_add_char(out, text[at]);
        else
            add_escape(out, code_point == UINT32_MAX ? UTF8_REPLACEMENT : code_point);
    }
    out->failed = out->failed || line->failed;
}

void print_json(const struct buf *line)
{
    struct buf narrow = BUF_INIT;

    if (output_is_narrow(stdout)) {
        add_json_ascii(&narrow, line);
        write_buf(stdout, &narrow);
    } else {
        write_buf(stdout, line);
    }
    buf_release(&narrow);
    write_bytes(stdout, "\n", 1);
}

void jsonl_string(struct buf *line, const char *name, const char *value, size_t length)
{
    compose_name(line, name);
    add_string(line, value, length);
}

void jsonl_text(struct buf *line, const char *name, const char *value)
{
    if (value && *value)
        jsonl_string(line, name, value, strlen(value));
    else
        jsonl_null(line, name);
}

void jsonl_null(struct buf *line, const char *name)
{
    compose_name(line, name);
    buf_add_text(line, "null");
}

/* ---- How far it is ---- */

enum { USUAL_COLUMNS = 80 };

void status_init(struct status_line *status, bool quiet)
{
    const char *terminal = getenv("TERM");

    *status = (struct status_line){0};
    status->wanted = !quiet && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

/* As much of the text as one row holds: a row that wraps could not be written over. */
static void add_cut(struct buf *line, const struct buf *text)
{
    struct winsize size;
    int left = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS;
    const char *from = buf_text(text);

    for (size_t at = 0, used; at < text->length; at += used) {
        int width;

        used = utf8_grapheme(from + at, text->length - at, &width);
        left -= width;
        if (left < 1)
            return;
        buf_add(line, from + at, used);
    }
}

void status_show(struct status_line *status, const char *format, ...)
{
    struct buf raw = BUF_INIT, clean = BUF_INIT, text = BUF_INIT, line = BUF_INIT;
    va_list arguments;

    if (!status->wanted)
        return;
    va_start(arguments, format);
    buf_vaddf(&raw, format, arguments);
    va_end(arguments);
    clean_add(&clean, buf_text(&raw), raw.length, CLEAN_ONE_LINE);
    if (output_is_narrow(stderr))
        clean_add_ascii(&text, buf_text(&clean), clean.length);
    else
        buf_add(&text, buf_text(&clean), clean.length);
    buf_add_text(&line, "\r\033[K");
    add_cut(&line, &text);
    if (!raw.failed && !clean.failed && !text.failed && !line.failed) {
        write_bytes(stderr, buf_text(&line), line.length);
        fflush(stderr);
        status->shown = true;
    }
    buf_release(&line);
    buf_release(&text);
    buf_release(&clean);
    buf_release(&raw);
}

void status_clear(struct status_line *status)
{
    if (!status->shown)
        return;
    write_bytes(stderr, "\r\033[K", 4);
    fflush(stderr);
    status->shown = false;
}

#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clean.h"
#include "base/utf8.h"

/* Said where it happens: later nobody knows why. */
static void say_lost(FILE *stream, bool was_broken)
{
    if (stream == stdout && !was_broken && ferror(stdout))
        fprintf(stderr, "drplan: standard output did not take everything: %s\n", strerror(errno));
}

static void write_bytes(FILE *stream, const char *bytes, size_t length)
{
    bool was_broken = ferror(stream) != 0;

    if (length > 0)
        fwrite(bytes, 1, length, stream);
    say_lost(stream, was_broken);
}

static void write_buf(FILE *stream, const struct buf *text)
{
    if (text->failed)
        write_bytes(stderr, "drplan: memory is short: a line is missing\n", 43);
    else
        write_bytes(stream, buf_text(text), text->length);
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
    write_buf(stream, &line);
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
    write_buf(stderr, &question);
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
    same = shown.length == length;
    write_buf(stdout, &shown);
    buf_release(&shown);
    return same;
}

void print_json(const struct buf *line)
{
    write_buf(stdout, line);
    write_bytes(stdout, "\n", 1);
}

void output_flush(void)
{
    bool was_broken = ferror(stdout) != 0;

    fflush(stdout);
    say_lost(stdout, was_broken);
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

static void separate(struct buf *line, const char *name)
{
    const char *last = line->length > 0 ? line->data + line->length - 1 : "{";

    if (*last != '{' && *last != '[')
        buf_add_char(line, ',');
    if (name)
        buf_add_texts(line, "\"", name, "\":", NULL);
}

static void add_escape(struct buf *line, uint32_t code_point)
{
    if (code_point > 0xFFFF) {
        buf_addf(line, "\\u%04x", 0xD800 + ((code_point - 0x10000) >> 10));
        code_point = 0xDC00 + ((code_point - 0x10000) & 0x3FF);
    }
    buf_addf(line, "\\u%04x", code_point);
}

/* Bytes at the start of text that stand for themselves. */
static size_t plain_bytes(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && text[at] >= ' ' && text[at] <= '~' && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

static void add_string(struct buf *line, const char *text, size_t length)
{
    buf_add_char(line, '"');
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t code_point;

        used = plain_bytes(text + at, length - at);
        if (used > 0) {
            buf_add(line, text + at, used);
            continue;
        }
        used = utf8_decode(text + at, length - at, &code_point);
        if (code_point == UINT32_MAX) {
            add_escape(line, UTF8_REPLACEMENT);
        } else if (code_point == '"' || code_point == '\\') {
            buf_add_char(line, '\\');
            buf_add_char(line, text[at]);
        } else if (code_point == '\n') {
            buf_add_text(line, "\\n");
        } else if (!clean_is_clean(text + at, used)) {
            add_escape(line, code_point);
        } else {
            buf_add(line, text + at, used);
        }
    }
    buf_add_char(line, '"');
}

void jsonl_open(struct buf *line, const char *name, char bracket)
{
    separate(line, name);
    buf_add_char(line, bracket);
}

void jsonl_close(struct buf *line, char bracket)
{
    buf_add_char(line, bracket);
}

void jsonl_string(struct buf *line, const char *name, const char *value, size_t length)
{
    separate(line, name);
    add_string(line, value, length);
}

void jsonl_text(struct buf *line, const char *name, const char *value)
{
    if (value && *value)
        jsonl_string(line, name, value, strlen(value));
    else
        jsonl_null(line, name);
}

void jsonl_number(struct buf *line, const char *name, long value)
{
    separate(line, name);
    buf_addf(line, "%ld", value);
}

void jsonl_bool(struct buf *line, const char *name, bool value)
{
    separate(line, name);
    buf_add_text(line, value ? "true" : "false");
}

void jsonl_null(struct buf *line, const char *name)
{
    separate(line, name);
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
    struct buf raw = BUF_INIT;
    struct buf text = BUF_INIT;
    struct buf line = BUF_INIT;
    va_list arguments;

    if (!status->wanted)
        return;
    va_start(arguments, format);
    buf_vaddf(&raw, format, arguments);
    va_end(arguments);
    clean_add(&text, buf_text(&raw), raw.length, CLEAN_ONE_LINE);
    buf_add_text(&line, "\r\033[K");
    add_cut(&line, &text);
    if (!raw.failed && !text.failed && !line.failed) {
        write_bytes(stderr, buf_text(&line), line.length);
        fflush(stderr);
        status->shown = true;
    }
    buf_release(&line);
    buf_release(&text);
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

// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_text.c - words and figures of the time line */
#include "compat/analysis_svg_text.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define ELLIPSIS "\xe2\x80\xa6"
/* Widths of letters in the wider of the usual sans serif fonts; a wide
 * character (CJK) is a square. */
#define LETTER_EM 0.62
#define NARROW_EM 0.4
#define WIDE_EM 0.9
#define SQUARE_EM 1.0

/* Bytes of the character at @s, which is valid UTF-8. */
static size_t character_len(const char *s)
{
	size_t len = 1;

	while (((unsigned char)s[len] & 0xc0U) == 0x80)
		len++;
	return len;
}

/* From U+1100 on (a lead byte from e1, 84 on) letters may be square. */
static bool is_square(const char *s)
{
	unsigned char lead = (unsigned char)s[0];

	return lead > 0xe2 || (lead == 0xe1 && (unsigned char)s[1] >= 0x84);
}

static size_t character_columns(const char *s)
{
	return is_square(s) ? 2 : 1;
}

/* U+FFFE and U+FFFF are valid UTF-8 but no characters of XML. */
static bool is_no_character(const char *s)
{
	return memcmp(s, "\xef\xbf\xbe", 3) == 0 ||
	       memcmp(s, "\xef\xbf\xbf", 3) == 0;
}

static void escape_character(FILE *f, const char *s, size_t len)
{
	static const char *const entities[128] = {
		['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",
		['"'] = "&quot;", ['\''] = "&#39;", ['\t'] = " ",
		['\n'] = " ",
	};

	if (len == 1 && entities[(unsigned char)*s])
		(void)fputs(entities[(unsigned char)*s], f);
	else if (len == 3 && is_no_character(s))
		(void)fputs("\xef\xbf\xbd", f);
	else
		(void)fwrite(s, 1, len, f);
}

void svg_escape(FILE *f, const char *text)
{
	CLEANUP_FREE char *clean = str_utf8_clean(text, strlen(text));
	size_t len;

	for (const char *s = clean; *s; s += len) {
		len = character_len(s);
		escape_character(f, s, len);
	}
}

/* Bytes of @text, clean, that fit into so many columns. */
static size_t fitting(const char *text, size_t columns)
{
	const char *s = text;

	while (*s && columns >= character_columns(s)) {
		columns -= character_columns(s);
		s += character_len(s);
	}
	return (size_t)(s - text);
}

char *svg_cut(const char *text, size_t columns)
{
	char *clean = str_utf8_clean(text, strlen(text));
	size_t len = fitting(clean, columns);
	char *cut;

	if (!clean[len])
		return clean;
	cut = xasprintf("%.*s" ELLIPSIS, (int)fitting(clean, columns - 1),
			clean);
	mem_freep(&clean);
	return cut;
}

static double letter_em(const char *s)
{
	if (is_square(s))
		return SQUARE_EM;
	if (strchr("fijlrtI'.,:;|()[]! -/", *s))
		return NARROW_EM;
	return strchr("mwMW#@%", *s) ? WIDE_EM : LETTER_EM;
}

double svg_width(const char *text, double font_px)
{
	CLEANUP_FREE char *clean = str_utf8_clean(text, strlen(text));
	double em = 0;

	for (const char *s = clean; *s; s += character_len(s))
		em += letter_em(s);
	return em * font_px;
}

/* Bytes of the first line of @text: up to a blank where there is one. */
static size_t line_len(const char *text, size_t columns)
{
	size_t most = fitting(text, columns);
	size_t len = most;

	if (!text[most])
		return most;
	while (len > 0 && text[len] != ' ')
		len--;
	return len ? len : most;
}

void svg_wrap(const char *text, size_t columns, size_t lines_max,
	      struct str_list *lines)
{
	CLEANUP_FREE char *clean = str_utf8_clean(text, strlen(text));
	const char *s = clean;

	for (char *c = clean; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	while (*(s += strspn(s, " ")) && lines->n + 1 < lines_max) {
		size_t len = line_len(s, columns);

		str_list_take(lines, xstrndup(s, len));
		s += len;
	}
	if (*s)
		str_list_take(lines, svg_cut(s, columns));
}

/* Those that tell multiples of @step apart, which is 1, 2 or 5 times a power of
 * ten. */
static int decimals_of(double step)
{
	double power = floor(log10(step) + 1e-9);

	return power < 0 ? (int)-power : 0;
}

/* Three figures of a number below 1000. */
static char *figures(double value, const char *unit)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	char text[32];
	size_t len =
		(size_t)snprintf(text, sizeof(text), "%.*f", decimals, value);

	while (decimals && text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[--len] = '\0';
	return xasprintf("%s %s", text, unit);
}

char *svg_duration(uint64_t ns)
{
	double s = (double)ns / NS_PER_S;
	uint64_t seconds = (uint64_t)(s + 0.5);

	if (ns < NS_PER_MS)
		return figures((double)ns / 1000, "\xc2\xb5s");
	if (s < 0.9995)
		return figures(s * 1000, "ms");
	if (s < 119.5)
		return figures(s, "s");
	return xasprintf("%llu min %llu s", (unsigned long long)(seconds / 60),
			 (unsigned long long)(seconds % 60));
}

char *svg_bytes(double bytes, double step, double most)
{
	static const char *const units[] = { "B",  "kB", "MB", "GB",
					     "TB", "PB", "EB" };
	double unit = 1;
	size_t i = 0;

	while (most >= 1000 * unit && i + 1 < ARRAY_SIZE(units)) {
		unit *= 1000;
		i++;
	}
	return xasprintf("%.*f %s", decimals_of(step / unit), bytes / unit,
			 units[i]);
}

double svg_step(double least)
{
	static const double parts[] = { 1, 2, 5 };
	double power = pow(10, floor(log10(least)));

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i] * power >= least * (1 - 1e-9))
			return parts[i] * power;
	return 10 * power;
}

struct svg_scale svg_scale_of(double step_ns, double last_ns)
{
	static const struct {
		const char *unit;
		double unit_ns, most;
	} units[] = { { "\xc2\xb5s", 1e3, 1e4 }, { "ms", 1e6, 1e4 } };
	struct svg_scale scale = { "s", 1e9, 0 };

	for (size_t i = ARRAY_SIZE(units); i-- > 0;)
		if (last_ns <= units[i].most * units[i].unit_ns &&
		    step_ns < scale.unit_ns)
			scale = (struct svg_scale){ units[i].unit,
						    units[i].unit_ns, 0 };
	scale.decimals = decimals_of(step_ns / scale.unit_ns);
	return scale;
}

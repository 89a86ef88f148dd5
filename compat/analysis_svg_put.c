// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_put.c - elements of the time line, and what they look like */
#include <stdarg.h>

#include "base/mem.h"
#include "compat/analysis_svg_picture.h"
#include "compat/analysis_svg_text.h"

/* struct sign - How a segment is marked: shapes differ, colours only help */
struct sign {
	const char *shape;
	const char *meaning;
};

#define HOLLOW "fill=\"#fff\" stroke=\"#111\" stroke-width=\"1.3\""
#define FULL "fill=\"#111\" stroke=\"#fff\" stroke-width=\"0.7\""
#define WARM "fill=\"#fff\" stroke=\"#a33c00\" stroke-width=\"1.6\""
#define BAD "fill=\"none\" stroke=\"#b00020\" stroke-width=\"2.6\""

static const struct sign signs[] = {
	[SVG_DATA] = { NULL, NULL },
	[SVG_DUP_ACK] = { "<path d=\"M-3 0H3M0-3V3\" " HOLLOW "/>",
			  "duplicate ACK" },
	[SVG_OUT_OF_ORDER] = { "<path d=\"M4-4V4L-4 0z\" " HOLLOW "/>",
			       "out of order" },
	[SVG_ZERO_WINDOW] = { "<path d=\"M-4-4H4V4H-4z\" " HOLLOW "/>",
			      "offers no window" },
	[SVG_KEEPALIVE] = { "<circle r=\"4\" " HOLLOW "/>", "keep-alive" },
	[SVG_REPEATED] = { "<path d=\"M0-5L5 0 0 5-5 0z\" " WARM "/>",
			   "retransmission" },
	[SVG_PROBE] = { "<circle r=\"4.6\" " HOLLOW "/>"
			"<circle r=\"1.8\" fill=\"#111\"/>",
			"probe that ends TCP repair" },
	[SVG_SYN] = { "<path d=\"M0-5L5 4H-5z\" " HOLLOW "/>", "SYN" },
	[SVG_FIN] = { "<path d=\"M0 5L5-4H-5z\" " FULL "/>", "FIN" },
	[SVG_STRAY] = { "<path d=\"M-4 0H4M0-5V5M-3-4L3 4M3-4L-3 4\" " HOLLOW
			"/>",
			"outside the stream" },
	[SVG_DAMAGED] = { "<path d=\"M0-6L6 0 0 6-6 0z\" fill=\"#b00020\" "
			  "stroke=\"#fff\" stroke-width=\"0.7\"/>"
			  "<path d=\"M-2-2L2 2M2-2L-2 2\" stroke=\"#fff\" "
			  "stroke-width=\"1.4\"/>",
			  "repeats other bytes than the first time" },
	[SVG_RST] = { "<path d=\"M-5-5L5 5M5-5L-5 5\" " BAD "/>", "RST" },
};
static_assert(ARRAY_SIZE(signs) == SVG_KIND_COUNT,
	      "signs[] doesn't match enum svg_kind");

/* Dark on white; what carries meaning differs in dashes or width too. */
static const char style[] =
	"text{font:11px 'DejaVu Sans',Verdana,Arial,sans-serif;fill:#111}"
	".title{font-size:17px;font-weight:bold}"
	".sentence{font-size:14px}"
	".figures{font-size:12px;fill:#333}"
	".name{font-weight:bold}"
	".small{font-size:9.5px;fill:#333}"
	".big{font-size:13px;font-weight:bold}"
	".end{text-anchor:end}"
	".mid{text-anchor:middle}"
	".halo{fill:#fff;stroke:#fff;stroke-width:3px}"
	".frame{fill:none;stroke:#555;stroke-width:1}"
	".grid{stroke:#e2e2e2;stroke-width:1}"
	".pole{stroke:#777;stroke-width:0.8}"
	".phase{stroke:#1b4f8a;stroke-width:1;stroke-dasharray:1 3}"
	".axis{stroke:#333;stroke-width:1}"
	".bar{fill:#ececec;stroke:#888;stroke-width:0.8}"
	".tick{fill:none;stroke:#1b4f8a;stroke-width:1}"
	".data{fill:none;stroke:#1b4f8a;stroke-width:2.4}"
	".level{fill:none;stroke:#8aa5c4;stroke-width:1}"
	".acked{fill:none;stroke:#333;stroke-width:1.1;stroke-dasharray:4 3}"
	".span{fill:none;stroke:#111;stroke-width:1.4}"
	".time{fill:none;stroke:#777;stroke-width:0.8}"
	".cut{fill:none;stroke:#999;stroke-width:0.8;stroke-dasharray:2 2}"
	".window{fill:none;stroke:#111;stroke-width:1.4}";

void svg_put(struct svg_picture *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(p->f, fmt, ap);
	va_end(ap);
}

void svg_text(struct svg_picture *p, double x, double y, const char *classes,
	      const char *text)
{
	svg_put(p, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, classes);
	svg_escape(p->f, text);
	svg_put(p, "</text>\n");
}

void svg_text_over(struct svg_picture *p, double x, double y,
		   const char *classes, const char *text)
{
	CLEANUP_FREE char *halo = xasprintf("%s halo", classes);

	svg_text(p, x, y, halo, text);
	svg_text(p, x, y, classes, text);
}

void svg_line(struct svg_picture *p, double x1, double y1, double x2, double y2,
	      const char *classes)
{
	svg_put(p, "<path d=\"M%.1f %.1fL%.1f %.1f\" class=\"%s\"/>\n", x1, y1,
		x2, y2, classes);
}

void svg_mark(struct svg_picture *p, enum svg_kind kind, double x, double y)
{
	p->drawn[kind] = true;
	svg_put(p, "<use xlink:href=\"#k%d\" x=\"%.1f\" y=\"%.1f\"/>\n",
		(int)kind, x, y);
}

const char *svg_mark_meaning(enum svg_kind kind)
{
	return signs[kind].meaning;
}

static void define(FILE *f)
{
	(void)fprintf(f, "<defs><style type=\"text/css\">%s</style>\n", style);
	(void)fputs("<pattern id=\"silent\" width=\"7\" height=\"7\" "
		    "patternUnits=\"userSpaceOnUse\" "
		    "patternTransform=\"rotate(45)\">"
		    "<path d=\"M0 0V7\" stroke=\"#dedede\" stroke-width=\"2\"/>"
		    "</pattern>\n",
		    f);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (signs[i].shape)
			(void)fprintf(f, "<g id=\"k%zu\">%s</g>\n", i,
				      signs[i].shape);
	(void)fputs("</defs>\n", f);
}

void svg_head(FILE *f, double height, const char *title, const char *sentence)
{
	(void)fprintf(f,
		      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		      "xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
		      "version=\"1.1\" width=\"%d\" height=\"%.0f\" "
		      "viewBox=\"0 0 %d %.0f\">\n<title>",
		      SVG_WIDTH, height, SVG_WIDTH, height);
	svg_escape(f, title);
	(void)fputs("</title>\n<desc>", f);
	svg_escape(f, sentence);
	(void)fputs("</desc>\n", f);
	define(f);
	(void)fprintf(f, "<rect width=\"%d\" height=\"%.0f\" fill=\"#fff\"/>\n",
		      SVG_WIDTH, height);
}

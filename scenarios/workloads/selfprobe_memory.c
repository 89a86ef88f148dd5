// SPDX-License-Identifier: Apache-2.0
/* selfprobe_memory.c - patterns in memory of all kinds, and code for the CPU */
#include <cpuid.h>
#include <fcntl.h>
#include <immintrin.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "scenarios/workloads/mix.h"
#include "scenarios/workloads/selfprobe.h"

#define BYTES (256UL * 1024)
#define WORDS (BYTES / sizeof(uint64_t))

static uint64_t *private_words, *shared_words, *file_words;

static uint64_t *map(int flags, int fd)
{
	void *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		guest_die("mmap");
	return p;
}

static uint64_t *fill(uint64_t *words)
{
	uint64_t seed = guest_nonce();

	for (size_t i = 0; i < WORDS; i++)
		words[i] = mix64(seed ^ i);
	return words;
}

static void tell_sum(struct text *t, const uint64_t *words)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < WORDS; i++)
		sum = mix64(sum ^ words[i]);
	text_hex(t, sum);
}

static void set_private(void)
{
	private_words = fill(map(MAP_PRIVATE | MAP_ANONYMOUS, -1));
}

static void tell_private(struct text *t)
{
	tell_sum(t, private_words);
}

static void set_shared(void)
{
	shared_words = fill(map(MAP_SHARED | MAP_ANONYMOUS, -1));
}

static void tell_shared(struct text *t)
{
	tell_sum(t, shared_words);
}

/* A table that is only read, as locale archives and models are. */
static void set_file(void)
{
	int fd = open("/srv/table", O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || ftruncate(fd, BYTES) < 0)
		guest_die("/srv/table");
	(void)munmap(fill(map(MAP_SHARED, fd)), BYTES);
	file_words = map(MAP_PRIVATE, fd);
	close(fd);
}

static void tell_file(struct text *t)
{
	tell_sum(t, file_words);
}

/* Chosen once, for the CPU of the start, as a C library's functions are. */
static uint64_t (*sum_chosen)(const uint64_t *words);
static const char *chosen_name;

static uint64_t sum_plain(const uint64_t *words)
{
	return words[0] + words[1] + words[2] + words[3];
}

__attribute__((target("avx2"))) static uint64_t sum_avx2(const uint64_t *words)
{
	__m256i v = _mm256_loadu_si256((const void *)words);
	__m256i w = _mm256_add_epi64(v, _mm256_permute4x64_epi64(v, 0x4e));

	w = _mm256_add_epi64(w, _mm256_shuffle_epi32(w, 0x4e));
	return (uint64_t)_mm256_extract_epi64(w, 0);
}

static void set_code(void)
{
	__builtin_cpu_init();
	sum_chosen = __builtin_cpu_supports("avx2") ? sum_avx2 : sum_plain;
	chosen_name = __builtin_cpu_supports("avx2") ? "avx2:" : "plain:";
}

static void tell_code(struct text *t)
{
	text_str(t, chosen_name);
	text_hex(t, sum_chosen(private_words));
}

static const struct selfprobe table[] = {
	{ "mem_private", set_private, tell_private },
	{ "mem_shared", set_shared, tell_shared },
	{ "mem_file", set_file, tell_file },
	{ "mem_code", set_code, tell_code },
};

const struct selfprobes selfprobes_memory = {
	"memory", table, sizeof(table) / sizeof(table[0])
};

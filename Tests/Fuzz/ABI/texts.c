/* Texts: names, and paths in a folder that is emptied after each input. */
#include "fuzz.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder has `work`, in which the fuzzer runs, and `fixtures`, whose files no call writes. */
static char folder[4096];

static const char *const odd_texts[] = {
    "",
    "\xff\xfe",
    "a\nb",
    "\xc3",
    "\xed\xa0\x80",
    "name,other",
    "\"",
    ",,",
    "no such\x01name",
    "/proc/self/mem/x",
    "\xe2\x80\xa8",
    "x\"",
    "x//y",
};
static const char *const names[] = {"x", "y", "time", "t", "x,y", "weights", "\"x\",y", "points"};
/* The order is that of `wanted_model` in handles.c. */
static const char *const made[] = {"../fixtures/linear",  "../fixtures/network", "../fixtures/members",
                                   "../fixtures/growing", "../fixtures/coupled", "../fixtures/waves"};
static const char *const places[] = {"one", "two", "three.csv", "four.npy", "five.npz", "six", "none/seven", "."};

static const char *copied(scene *scene, const char *name, const char *text)
{
    block *block = lend(scene, name, strlen(text) + 1, 0);
    memcpy(lent(block), text, strlen(text) + 1);
    return lent(block);
}

static const char *draw_path(scene *scene, const char *owner)
{
    if (strstr(owner, "load") == NULL || pick(4) == 3) {
        the_world.has_written |= strstr(owner, "load") == NULL;
        return copied(scene, "path", places[pick(8)]);
    }
    if (strcmp(owner, "jko_growth_load") == 0)
        return copied(scene, "path", "../fixtures/growth");
    if (strcmp(owner, "jko_flow_load") == 0)
        return copied(scene, "path", pick(2) ? "../fixtures/flow" : "../fixtures/particles");
    if (strcmp(owner, "jko_snapshots_load") == 0)
        return copied(scene, "path", pick(2) ? "../fixtures/series" : "../fixtures/table.csv");
    return copied(scene, "path", made[the_world.wanted_model >= 0 ? (unsigned)the_world.wanted_model : pick(6)]);
}

const char *draw_text(scene *scene, const char *owner, const char *name)
{
    if (is_odd()) {
        const unsigned which = pick(16);
        the_world.has_written = 1;
        if (which < 13)
            return copied(scene, name, odd_texts[which]);
        if (which < 15)
            return NULL;
        char *const text = lent(lend(scene, name, 5001, 0));
        memset(text, 'l', 5000);
        text[5000] = 0;
        return text;
    }
    if (strcmp(name, "path") == 0 || strcmp(name, "checkpoint") == 0)
        return draw_path(scene, owner);
    if (strcmp(owner, "jko_load_options") == 0 || strcmp(owner, "jko_snapshots_set_coordinate_name") == 0)
        return copied(scene, name, names[pick(8)]);
    return copied(scene, name, jko_functional_name((int32_t)pick((unsigned)jko_functional_count())));
}

static void fail_at(const char *what)
{
    perror(what);
    exit(2);
}

static void remove_contents(const char *path, int depth)
{
    DIR *open = opendir(path);
    if (open == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char inner[4096 + 300];
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (unlink(inner) != 0 && depth < 3) {
            remove_contents(inner, depth + 1);
            (void)rmdir(inner);
        }
    }
    closedir(open);
}

/* In memory where there is such a folder, because files are written through to the disk. */
void enter_folder(void)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL)
        parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/jkonetstar-fuzz-XXXXXX", parent);
    char inner[4096 + 10];
    if (mkdtemp(folder) == NULL)
        fail_at(folder);
    snprintf(inner, sizeof inner, "%s/fixtures", folder);
    if (mkdir(inner, 0700) != 0)
        fail_at(inner);
    snprintf(inner, sizeof inner, "%s/work", folder);
    if (mkdir(inner, 0700) != 0 || chdir(inner) != 0)
        fail_at(inner);
    (void)atexit(leave_folder);
}

void clean_folder(void)
{
    if (the_world.has_written)
        remove_contents(".", 0);
    the_world.has_written = 0;
}

void leave_folder(void)
{
    if (chdir("/") == 0)
        remove_contents(folder, 0);
    (void)rmdir(folder);
}

package store

import (
	"net/url"
	"strconv"
)

// Page caches in KiB. A reader's cache holds the inner pages of the indexes of a workspace of a million
// records; everything below comes from the operating system's cache, which costs a pread each. With two
// readers and a writer a workspace, and the process limit below, a server stays under 150 MB resident.
//
// The writer's must hold what one batch of 1,000 changes: a page that is spilled before the commit is
// written twice, and its checksums again. At 1,000,000 deals 16 MiB cost an import a seventh more.
const (
	writerCache = 32 << 10
	readerCache = 8 << 10
	// heapLimit bounds what SQLite allocates in the whole process, over all workspaces: past it caches
	// recycle their pages instead of growing.
	heapLimit = 80 << 20
	// checkpointPages is how long the WAL grows (16 MiB) before its pages are copied to the file. What many
	// commits changed is copied once; at SQLite's usual 1,000 that was a fifth of what a new record costs.
	checkpointPages = 4000

	// While a program fills a database (Config.Filling), the inner pages and the ends of all its indexes
	// stay in memory, and what many transactions changed is copied to the file once.
	fillingCache = 192 << 10
	fillingHeap  = 320 << 20
	fillingPages = 48_000
)

// sqliteDSN chooses the pragmas of a connection.
//
//   - journal_mode=WAL: readers never wait for the writer nor it for them.
//   - synchronous: a commit is a write() to the WAL in every mode, so it survives kill -9 of the process in
//     all of them. FULL also waits for the disk, so it survives power loss; NORMAL may lose the commits
//     since the last checkpoint then, without harm to the file. FULL is the default: "saved" means saved.
//   - busy_timeout: two handles write (ours, the queue's on control), and checkpoints need a lock.
//   - foreign_keys: declared where fixed tables have them; record links are the engine's business.
//   - temp_store=FILE: sorts larger than the cache spill to disk; in memory one export could break the
//     memory limit.
//   - mmap_size=0: mapped pages count as resident memory, and the driver copies rows out either way.
//   - journal_size_limit: a WAL grown under a long export shrinks again.
//   - cell_size_check, _defensive: cheap protection against a broken file and against ourselves.
//   - _dqs=0: "x" is an identifier, never silently a string.
func sqliteDSN(path string, c Config, write bool) string {
	q := url.Values{}
	q.Set("_busy_timeout", "5000")
	q.Set("_foreign_keys", "1")
	q.Set("_dqs", "0")
	q.Set("_defensive", "1")
	q.Set("_error_rc", "1")
	cache, heap, pages := readerCache, heapLimit, checkpointPages
	if c.Filling {
		heap, pages = fillingHeap, fillingPages
	}
	if write {
		cache = writerCache
		if c.Filling {
			cache = fillingCache
		}
		q.Set("_journal_mode", "WAL")
		q.Set("_txlock", "immediate")
		q.Set("_synchronous", map[Sync]string{SyncFull: "FULL", SyncNormal: "NORMAL", SyncOff: "OFF"}[c.Sync])
		q.Add("_pragma", "journal_size_limit(67108864)")
		q.Add("_pragma", "wal_autocheckpoint("+strconv.Itoa(pages)+")")
	} else {
		q.Set("_query_only", "1")
	}
	q.Add("_pragma", "cache_size(-"+strconv.Itoa(cache)+")")
	q.Add("_pragma", "temp_store(FILE)")
	q.Add("_pragma", "mmap_size(0)")
	q.Add("_pragma", "cell_size_check(1)")
	q.Add("_pragma", "soft_heap_limit("+strconv.Itoa(heap)+")")
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

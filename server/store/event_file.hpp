// The file of the event table, before SQLite has it and after it was found broken. Functions without state; any thread.
#pragma once

#include <string>

namespace spindrift {

// SQLite makes files by the umask, and its -wal and -shm with the mode of the database: so the database is made first.
// 0, or an errno.
int make_private_file(const std::string& path);
// The path without links. SQLite, when it must not follow any, minds those of the directories above as well, and these
// are the operator's business.
std::string without_links(const std::string& path);
// Renames it, and its logs with it, to <path>.damaged-<n>, the first of 10,000 that is free. Empty: errno says why not.
std::string set_file_aside(const std::string& path);

}  // namespace spindrift

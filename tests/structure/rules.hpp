// The rules of the house. Each returns its complaints; a complaint says where, what, and what to do.
#pragma once

#include "source_tree.hpp"

namespace structure {

struct complaint {
    std::string where;  // file:line, relative to the root
    std::string what;
    std::string to_do;
};

using complaints = std::vector<complaint>;

// An #include may point to the same or a lower chapter. final may include every chapter, and nobody includes final.
complaints includes_point_down(const fs::path& root);

// The same for what half_chapter(... USES ...) and target_link_libraries(...) name.
complaints links_point_down(const fs::path& root);

// Beast, libpqxx, SQLite and OpenSSL are seen by .cpp files only: a header hands its cost to everyone above.
complaints public_headers_stay_light(const fs::path& root);

// Every chapter has the parts that the file `parts` lists; an empty file is none.
complaints chapters_are_complete(const fs::path& root, const fs::path& parts);

// Every chapter has at least four exercises, of at least three kinds. An exercise has its checks, and checks have their
// exercise; one of the kind swap needs none of its own, because the chapter's tests are its checks.
complaints chapters_are_practised(const fs::path& root);

// A comment that begins with `to write:` stands for something that is not there yet. No chapter, test, bench or deck has
// one: what ./workbook new left to its author is written.
complaints nothing_is_left_to_write(const fs::path& root);

}  // namespace structure

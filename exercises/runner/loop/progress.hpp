// What a learner has done, in one small text file that a person can read and mend:
//
//   half-of-erlang exercises 1        the version of this format
//   current  01_key_value             where ./workbook opens
//   done     01_bakery
//   gave_up  01_bakery                saw the solution before having one
//   hints    01_bakery 2 3            of hole 2, three hints were shown
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace exercises {

struct deeds {
    bool               done    = false;
    bool               gave_up = false;
    std::map<int, int> hints   = {};  // hole -> how many were shown
};

struct progress {
    std::string                  current;
    std::map<std::string, deeds> of;

    bool done(const std::string& exercise) const { return has(exercise) && of.at(exercise).done; }
    bool gave_up(const std::string& exercise) const { return has(exercise) && of.at(exercise).gave_up; }

private:
    bool has(const std::string& exercise) const { return of.contains(exercise); }
};

// The text of the file, and back. Lines that mean nothing are handed out, with their numbers.
struct strange_line {
    int         number;
    std::string text;
};
struct read_progress {
    progress                  known;
    std::vector<strange_line> strange = {};
    int                       version = 1;
};
read_progress parse_progress(std::string_view text);
std::string   to_text(const progress& what);

class progress_file {
public:
    explicit progress_file(std::filesystem::path file) : file_{std::move(file)} {}

    // What the file says. No file: nothing is done yet. Strange lines move to a file beside it, `.progress.aside`.
    progress read();

    // Reads, changes and writes; of two workbooks at the same time, none undoes what the other has written.
    progress change(const std::function<void(progress&)>& how);

    // What went wrong since this was asked last, for the learner: a line each.
    std::vector<std::string> complaints();

private:
    progress read_locked();
    void     write_locked(const progress& what);

    std::filesystem::path    file_;
    std::vector<std::string> complaints_;
};

}  // namespace exercises

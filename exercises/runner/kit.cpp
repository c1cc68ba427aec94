#include <algorithm>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/files.hpp>
#include <exercises/runner/kit.hpp>
#include <map>

namespace exercises {

namespace fs = std::filesystem;

kit read_kit(const fs::path& build, std::string_view name) {
    const auto file = build / "exercises" / (std::string{name} + ".kit");
    if (!fs::exists(file))
        throw complaint{file, 1, "this file is not there", "configure and build first: ./workbook build"};
    kit                                      found;
    std::map<std::string_view, std::string*> words{{"compiler", &found.compiler}, {"launcher", &found.launcher},
                                                   {"flags", &found.flags},       {"pch", &found.pch},
                                                   {"root", &found.root},         {"chapter", &found.chapter}};
    for (const auto& line : lines_of(read_file(file))) {
        const std::string_view all  = trimmed(line);
        const auto             word = all.substr(0, all.find(' '));
        const std::string      says{trimmed(all.substr(word.size()))};
        if (says.empty()) continue;
        if (word == "flag") found.more_flags.push_back(says);
        else if (word == "link") found.link.push_back(says);
        else if (word == "library") found.libraries.push_back(says);
        else if (const auto at = words.find(word); at != words.end()) *at->second = says;
        else throw complaint{file, 1, "what is `" + std::string{word} + "`?", "configure again: ./workbook build"};
    }
    return found;
}

namespace {

constexpr std::chrono::minutes patience{5};

// With what does not change from file to file. A precompiled header is used by its content, not by its age.
std::vector<std::string> compiler_call(const kit& with, const compilation& what) {
    std::vector<std::string> call;
    if (!with.launcher.empty()) call.push_back(with.launcher);
    call.push_back(with.compiler);
    if (what.chapter.empty()) {
        call.push_back("@" + with.flags);
        call.insert(call.end(), {"-include-pch", with.pch, "-Xclang", "-fno-pch-timestamp"});
    } else {  // the chapter is another one: neither its folder nor what was compiled with it
        for (const auto& flag : lines_of(read_file(with.flags)))
            if (!flag.empty() && flag != with.root) call.push_back(flag);
    }
    call.insert(call.end(), with.more_flags.begin(), with.more_flags.end());
    call.push_back("-I" + what.include.string());
    if (what.unfinished) call.emplace_back("-Wno-unused-parameter");
    return call;
}

// A whole chapter as one file: it is compiled once, as a whole, in a fifth of the time.
fs::path all_of_chapter(const compilation& what) {
    std::string           text;
    std::vector<fs::path> folders{what.chapter};
    for (const auto& each : files_in(what.chapter))
        if (fs::is_directory(each) && each.filename() != "sketch") folders.push_back(each);
    for (const auto& folder : folders)
        for (const auto& file : files_in(folder))
            if (file.extension() == ".cpp" && file.filename() != "demo.cpp")
                text += "#include \"" + fs::absolute(file).string() + "\"\n";
    auto unity = what.program.parent_path() / "chapter.cpp";
    write_file(unity, text);
    return unity;
}

}  // namespace

ended compile(const kit& with, const compilation& what, const control& how) {
    const environment about_pch{{"CCACHE_SLOPPINESS", "pch_defines,time_macros"}};
    fs::create_directories(what.program.parent_path());
    fs::remove(what.program);
    std::vector<std::string> objects;
    auto                     sources = what.sources;
    if (!what.chapter.empty()) sources.push_back(all_of_chapter(what));
    ended last;
    for (const auto& source : sources) {
        auto       call   = compiler_call(with, what);
        const auto object = what.program.string() + "." + source.stem().string() + ".o";
        call.insert(call.end(), {"-c", source.string(), "-o", object});
        last = run(call, patience, about_pch, how);
        if (!last.well()) return last;
        objects.push_back(object);
    }
    std::vector<std::string> link{with.compiler};
    link.insert(link.end(), with.link.begin(), with.link.end());
    link.insert(link.end(), objects.begin(), objects.end());
    for (const auto& library : with.libraries)
        if (what.chapter.empty() || library != with.chapter) link.push_back(library);
    link.insert(link.end(), {"-o", what.program.string()});
    return run(link, patience, {}, how);
}

}  // namespace exercises

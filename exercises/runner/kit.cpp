#include <algorithm>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/files.hpp>
#include <exercises/runner/kit.hpp>
#include <future>
#include <map>

namespace exercises {

namespace fs = std::filesystem;

kit read_kit(const fs::path& build, std::string_view name) {
    const auto file = build / "exercises" / (std::string{name} + ".kit");
    if (!fs::exists(file))
        throw complaint{file, 1, "this file is not there", "configure and build first: ./workbook build"};
    kit                                      found;
    std::map<std::string_view, std::string*> words{
        {"compiler", &found.compiler}, {"launcher", &found.launcher}, {"flags", &found.flags},    {"pch", &found.pch},
        {"root", &found.root},         {"header", &found.header},     {"chapter", &found.chapter}};
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

constexpr std::chrono::minutes long_enough{5};

// A swap includes another chapter: neither its folder nor what was precompiled with it is used.
std::vector<std::string> compiler_call(const kit& with, const compilation& what) {
    std::vector<std::string> call;
    if (!with.launcher.empty()) call.push_back(with.launcher);
    call.push_back(with.compiler);
    if (what.chapter.empty()) {
        call.push_back("@" + with.flags);
    } else {
        for (const auto& flag : lines_of(read_file(with.flags)))
            if (!flag.empty() && flag != with.root) call.push_back(flag);
        call.emplace_back("-Wno-shadow");  // files that never met before may have names in common
    }
    call.insert(call.end(), with.more_flags.begin(), with.more_flags.end());
    call.push_back("-I" + what.include.string());
    if (what.unfinished) call.emplace_back("-Wno-unused-parameter");
    call.insert(call.end(), {"-Xclang", "-fno-pch-timestamp"});  // it is known by its content, not by its age
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
    const auto step = [&](std::vector<std::string> call, std::vector<std::string> more) {
        call.insert(call.end(), more.begin(), more.end());
        return run(call, long_enough, about_pch, how);
    };

    const auto call    = compiler_call(with, what);
    auto       sources = what.sources;
    auto       pch     = with.pch;
    if (!what.chapter.empty()) {
        pch = what.program.string() + ".pch";
        sources.push_back(all_of_chapter(what));
        if (auto said = step(call, {"-x", "c++-header", with.header, "-o", pch}); !said.well()) return said;
    }

    std::vector<std::string>        objects;
    std::vector<std::future<ended>> compilers;
    for (const auto& source : sources) {
        objects.push_back(what.program.string() + "." + source.stem().string() + ".o");
        const std::vector<std::string> more{"-include-pch", pch, "-c", source.string(), "-o", objects.back()};
        compilers.push_back(std::async(std::launch::async, step, call, more));
    }
    ended last;
    for (auto& each : compilers)
        if (auto said = each.get(); last.well()) last = std::move(said);
    if (!last.well()) return last;

    std::vector<std::string> link{with.compiler};
    link.insert(link.end(), with.link.begin(), with.link.end());
    link.insert(link.end(), objects.begin(), objects.end());
    for (const auto& library : with.libraries)
        if (what.chapter.empty() || library != with.chapter) link.push_back(library);
    return step(link, {"-o", what.program.string()});
}

}  // namespace exercises

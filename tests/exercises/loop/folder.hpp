// A folder that is gone after the test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

class folder {
public:
    folder() {
        auto name = (std::filesystem::temp_directory_path() / "half-loop-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp " + name};
        path_ = name;
    }
    folder(const folder&)            = delete;
    folder& operator=(const folder&) = delete;
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path write(const std::filesystem::path& file, const std::string& text) const {
        std::filesystem::create_directories((path_ / file).parent_path());
        std::ofstream{path_ / file, std::ios::binary} << text;
        return path_ / file;
    }

    std::string read(const std::filesystem::path& file) const {
        std::ostringstream text;
        text << std::ifstream{path_ / file, std::ios::binary}.rdbuf();
        return text.str();
    }

    bool has(const std::filesystem::path& file) const { return std::filesystem::exists(path_ / file); }

private:
    std::filesystem::path path_;
};

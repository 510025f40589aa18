// A shell script under gnuplot's name, first on PATH for as long as this lives: a gnuplot that fails as a test wants.
// One at a time.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace spindrift {

class fake_gnuplot {
public:
  // `body`: what the shell does; $HERE is a folder of its own.
  explicit fake_gnuplot(const std::string& body) : path_before_(std::getenv("PATH")) {
    std::string name = (std::filesystem::temp_directory_path() / "spindrift-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    std::ofstream(file("gnuplot")) << "#!/bin/sh\nHERE='" << folder_ << "'\n" << body << '\n';
    ::chmod(file("gnuplot").c_str(), 0700);
    ::setenv("PATH", (folder_ + ':' + path_before_).c_str(), 1);
  }
  ~fake_gnuplot() {
    ::setenv("PATH", path_before_.c_str(), 1);
    std::filesystem::remove_all(folder_);
  }
  fake_gnuplot(const fake_gnuplot&) = delete;
  fake_gnuplot& operator=(const fake_gnuplot&) = delete;

  std::string file(const std::string& name) const { return folder_ + '/' + name; }
  std::string text_of(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

private:
  std::string path_before_;
  std::string folder_;
};

}  // namespace spindrift

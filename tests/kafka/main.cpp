// Runs the proofs on a real broker, or says that they are skipped where there is no Java or no Maven (exit code 77).
#include <gtest/gtest.h>

#include <exception>
#include <iostream>

#include "tests/kafka/broker.hpp"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  constexpr int is_skipped = 77;
  try {
    if (!spindrift::kafka_test::broker::jars()) {
      std::cout << "skipped: the broker of these tests needs Java 17 and Maven "
                   "(apt-get install openjdk-17-jre-headless maven)\n";
      return is_skipped;
    }
  } catch (const std::exception& failed) {
    std::cerr << failed.what() << '\n';
    return 1;
  }
  return RUN_ALL_TESTS();
}

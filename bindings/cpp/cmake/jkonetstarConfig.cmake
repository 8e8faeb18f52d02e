# find_package(jkonetstar) defines jkonetstar::jkonetstar: the library with its headers for C and C++. Everything is
# found from where this file lies, lib/cmake/jkonetstar below the prefix, so that the prefix may be moved.
get_filename_component(_jkonetstar_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

foreach(_jkonetstar_file lib/libjkonetstar.so.1 include/jkonetstar.h include/jkonetstar.hpp)
  if(NOT EXISTS "${_jkonetstar_prefix}/${_jkonetstar_file}")
    set(jkonetstar_FOUND FALSE)
    set(jkonetstar_NOT_FOUND_MESSAGE "${_jkonetstar_prefix}/${_jkonetstar_file} does not exist")
    return()
  endif()
endforeach()

if(NOT TARGET jkonetstar::jkonetstar)
  add_library(jkonetstar::jkonetstar SHARED IMPORTED)
  set_target_properties(jkonetstar::jkonetstar PROPERTIES
    IMPORTED_LOCATION "${_jkonetstar_prefix}/lib/libjkonetstar.so.1"
    IMPORTED_SONAME libjkonetstar.so.1
    INTERFACE_INCLUDE_DIRECTORIES "${_jkonetstar_prefix}/include")
  # A project in C alone knows no standard of C++.
  get_property(_jkonetstar_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST _jkonetstar_languages)
    set_property(TARGET jkonetstar::jkonetstar PROPERTY INTERFACE_COMPILE_FEATURES cxx_std_17)
  endif()
endif()

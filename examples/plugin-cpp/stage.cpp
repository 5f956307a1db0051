// SPDX-License-Identifier: Apache-2.0
// The plugin: the class behind the interface.
#include "stage.hpp"

VECHE_EXPORT_PLUGIN(Stage, veche::Selector, veche::Observer, veche::HttpRoutes);

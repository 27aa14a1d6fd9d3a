// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/CycleDrawing.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

constexpr double NodeWidth = 230, NodeHeight = 36;
constexpr double Margin = 12, ArrowLength = 10, ArrowWidth = 5;
constexpr unsigned MaxCharacters = 28;

struct Point {
  double X = 0, Y = 0;
  Point operator+(Point O) const { return {X + O.X, Y + O.Y}; }
  Point operator-(Point O) const { return {X - O.X, Y - O.Y}; }
  Point operator*(double F) const { return {X * F, Y * F}; }
};

Point unit(Point P) {
  double Length = std::hypot(P.X, P.Y);
  return Length > 0 ? P * (1 / Length) : Point{1, 0};
}

raw_ostream &operator<<(raw_ostream &Out, Point P) {
  return Out << format("%.1f %.1f", P.X, P.Y);
}

/// Where the line from the middle of a box towards \p To leaves the box.
Point border(Point Middle, Point To) {
  Point D = To - Middle;
  double Scale = 1;
  if (D.X != 0)
    Scale = std::min(Scale, (NodeWidth / 2 + 3) / std::abs(D.X));
  if (D.Y != 0)
    Scale = std::min(Scale, (NodeHeight / 2 + 3) / std::abs(D.Y));
  return Middle + D * Scale;
}

class Drawing {
public:
  Drawing(const LockOrderGraph &G, const Diagnosis &D, raw_ostream &Out)
      : G(G), D(D), Out(Out) {}

  bool layOut();
  void draw();

private:
  void arrow(size_t Index);

  const LockOrderGraph &G;
  const Diagnosis &D;
  raw_ostream &Out;
  std::vector<uint32_t> Nodes; ///< Locks; edge I goes from I to I + 1.
  std::vector<Point> Middles;
  double Width = 0, Height = 0;
};

bool Drawing::layOut() {
  for (uint32_t Index : D.Cycle) {
    const Edge *E = edgeAt(G, Index);
    if (!E || E->From >= G.Locks.size())
      return false;
    Nodes.push_back(E->From);
  }
  size_t N = Nodes.size();
  if (N < 2)
    return false;
  for (size_t I = 0; I < N; ++I)
    if (edgeAt(G, D.Cycle[I])->To != Nodes[(I + 1) % N])
      return false;
  if (N == 2) {
    Width = NodeWidth + 2 * Margin;
    Height = 2 * NodeHeight + 100 + 2 * Margin;
    Middles = {{Width / 2, Margin + NodeHeight / 2},
               {Width / 2, Height - Margin - NodeHeight / 2}};
    return true;
  }
  // Round an ellipse, wide as the boxes are, from the top.
  double RX = NodeWidth, RY = 30.0 * N + 10;
  Width = 2 * RX + NodeWidth + 2 * Margin;
  Height = 2 * RY + NodeHeight + 2 * Margin;
  constexpr double Pi = 3.14159265358979323846;
  for (size_t I = 0; I < N; ++I) {
    double Angle = 2 * Pi * I / N - Pi / 2;
    Middles.push_back(
        {Width / 2 + RX * std::cos(Angle), Height / 2 + RY * std::sin(Angle)});
  }
  return true;
}

void Drawing::arrow(size_t Index) {
  size_t N = Nodes.size();
  Point From = Middles[Index], To = Middles[(Index + 1) % N];
  Point Start, End, Control, Label;
  if (N == 2) {
    // Two arrows between two boxes: one bends to each side.
    double Side = Index == 0 ? -1 : 1, Down = Index == 0 ? 1 : -1;
    Start = From + Point{Side * 40, Down * (NodeHeight / 2 + 3)};
    End = To + Point{Side * 40, -Down * (NodeHeight / 2 + 3)};
    Control = (Start + End) * 0.5 + Point{Side * 40, 0};
    Label = (Start + End) * 0.5 + Point{Side * 36, 4};
  } else {
    Start = border(From, To);
    End = border(To, From);
    Control = (Start + End) * 0.5;
    Point Along = unit(End - Start);
    // Outwards: to the left of an arrow that goes round clockwise.
    Label = Control + Point{Along.Y, -Along.X} * 13 + Point{0, 4};
  }
  Point Along = unit(End - Control), Across{-Along.Y, Along.X};
  Point Neck = End - Along * ArrowLength;
  StringRef Turned = D.TurnRound == D.Cycle[Index] ? " st-turned" : "";
  Out << "<path class=\"st-edge" << Turned << "\" d=\"M" << Start << " Q"
      << Control << ' ' << Neck << "\"/>\n"
      << "<path class=\"st-arrow" << Turned << "\" d=\"M" << End << " L"
      << Neck + Across * ArrowWidth << " L" << Neck - Across * ArrowWidth
      << " Z\"/>\n"
      << format("<text class=\"st-edge-label\" x=\"%.1f\" y=\"%.1f\">", Label.X,
                Label.Y)
      << Index + 1 << "</text>\n";
}

/// Both ends of a long name: locks of one class differ in their last part.
std::string shortened(StringRef Name) {
  std::vector<StringRef> Characters;
  for (StringRef Rest = Name; !Rest.empty();)
    Characters.push_back(takeCharacter(Rest).Bytes);
  if (Characters.size() <= MaxCharacters)
    return html(Name);
  constexpr unsigned Head = MaxCharacters * 2 / 5;
  constexpr unsigned Tail = MaxCharacters - 1 - Head;
  const char *HeadEnd = Characters[Head].begin();
  const char *TailBegin = Characters[Characters.size() - Tail].begin();
  return html(StringRef(Name.begin(), HeadEnd - Name.begin())) + "&#8230;" +
         html(StringRef(TailBegin, Name.end() - TailBegin));
}

void Drawing::draw() {
  std::string Names;
  for (uint32_t L : Nodes)
    Names += (Names.empty() ? "" : ", ") + shortened(G.Locks[L].Name);
  Out << format("<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
                "height=\"%.0f\" role=\"img\" aria-label=\"",
                Width, Height, Width, Height)
      << "Cycle of " << Nodes.size() << " locks: " << Names << "\">\n";
  for (size_t I = 0; I < Nodes.size(); ++I)
    arrow(I);
  for (auto [L, Middle] : zip(Nodes, Middles)) {
    StringRef Name = G.Locks[L].Name;
    Out << "<g><title>" << html(Name) << "</title>"
        << format("<rect class=\"st-node\" x=\"%.1f\" y=\"%.1f\" "
                  "width=\"%.0f\" height=\"%.0f\" rx=\"6\"/>",
                  Middle.X - NodeWidth / 2, Middle.Y - NodeHeight / 2,
                  NodeWidth, NodeHeight)
        << format("<text class=\"st-label\" x=\"%.1f\" y=\"%.1f\">", Middle.X,
                  Middle.Y + 5)
        << shortened(Name) << "</text></g>\n";
  }
  Out << "</svg>\n";
}

} // namespace

bool drawCycle(const LockOrderGraph &G, const Diagnosis &D, raw_ostream &Out) {
  Drawing Picture(G, D, Out);
  if (!Picture.layOut())
    return false;
  Picture.draw();
  return true;
}

} // namespace raddle::cli
